// Interactive survival curves in place of their pictures: values at a time by pointer, touch and arrow keys, groups on and
// off, confidence bands. Pictures stay where scripts are off, on paper, and where a study does not release its curves.
(() => {
  "use strict";
  const block = document.getElementById("curves");
  if (!block) return;
  const { figures, words } = JSON.parse(block.textContent);
  const SVG = "http://www.w3.org/2000/svg";
  const WIDEST = 720;
  const EDGE = { left: 52, right: 14, top: 12, bottom: 46 };

  const drawn = (name, attributes, parent) => {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    parent?.append(element);
    return element;
  };
  const made = (name, properties, ...children) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };
  const filled = (pattern, parts) => pattern.replace(/\{(\w+)\}/g, (whole, name) => parts[name] ?? whole);
  const percent = (share) => (share === null ? "–" : `${(100 * share).toFixed(0)}%`);

  // The last step at or before a time, and the patients at risk just before it.
  const at = ({ time, survival, lower, upper, at_risk: risk }, month) => {
    let step = 0;
    while (step + 1 < time.length && time[step + 1] <= month) step += 1;
    const next = time.findIndex((each) => each >= month);
    return { survival: survival[step], lower: lower[step], upper: upper[step], risk: next < 0 ? 0 : risk[next] };
  };
  const ended = ({ time }, month) => month > time[time.length - 1];

  // The months between ticks, so that there are at most so many of them.
  const spacing = (longest, most) => [1, 2, 3, 6, 12, 24, 36, 60, 120].find((each) => longest / each <= most) ?? 240;

  const build = (figure, data) => {
    const longest = Math.max(...data.groups.map(({ steps }) => steps.time[steps.time.length - 1]));
    const sheet = figure.querySelector(".sheet");
    // One unit is one pixel, so that letters are as large on a phone.
    const WIDTH = Math.max(280, Math.min(WIDEST, sheet.clientWidth - 24));
    const HEIGHT = Math.round(Math.max(240, 0.53 * WIDTH));
    const step = spacing(longest, WIDTH / 80);
    const end = Math.max(step, Math.ceil(longest / step) * step);
    const x = (month) => EDGE.left + (month / end) * (WIDTH - EDGE.left - EDGE.right);
    const y = (share) => EDGE.top + (1 - share) * (HEIGHT - EDGE.top - EDGE.bottom);
    let month = 0;
    const off = new Set();

    const svg = drawn("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, "aria-hidden": "true" });
    for (const share of [0, 0.25, 0.5, 0.75, 1]) {
      drawn("line", { x1: EDGE.left, x2: WIDTH - EDGE.right, y1: y(share), y2: y(share), class: "grid" }, svg);
      drawn("text", { x: EDGE.left - 8, y: y(share) + 4, "text-anchor": "end" }, svg).textContent = percent(share);
    }
    for (let tick = 0; tick <= end; tick += step) {
      drawn("line", { x1: x(tick), x2: x(tick), y1: y(0), y2: y(0) + 5, class: "axis" }, svg);
      drawn("text", { x: x(tick), y: y(0) + 19, "text-anchor": "middle" }, svg).textContent = tick;
    }
    drawn("line", { x1: EDGE.left, x2: WIDTH - EDGE.right, y1: y(0), y2: y(0), class: "axis" }, svg);
    const axis = data.since ? filled(words.months_from, { start: data.since }) : words.months;
    drawn("text", { x: x(end / 2), y: HEIGHT - 8, "text-anchor": "middle" }, svg).textContent = axis;

    const layers = data.groups.map((group) => {
      const layer = drawn("g", {}, svg);
      const { time, survival, lower, upper, censored } = group.steps;
      const stairs = (values) => time.map((each, place) => `${place ? `H${x(each)}` : `M${x(each)}`}V${y(values[place] ?? 0)}`).join("");
      const back = (values) => {
        let path = "";
        for (let place = time.length - 1; place > 0; place -= 1) path += `V${y(values[place - 1] ?? 0)}H${x(time[place - 1])}`;
        return path;
      };
      const last = time.length - 1;
      const band = `M${x(0)} ${y(upper[0] ?? 1)}${stairs(upper.map((each) => each ?? 1)).replace(/^M[^V]*/, "")}V${y(lower[last] ?? 0)}${back(lower)}Z`;
      drawn("path", { d: band, fill: group.colour, class: "band" }, layer);
      const dashes = group.dashes.map((each) => each * 2).join(" ");
      drawn("path", { d: stairs(survival).replace(/^M([^V]*)V/, "M$1 "), stroke: group.colour, class: "curve", "stroke-dasharray": dashes }, layer);
      if (group.marks) {
        time.forEach((each, place) => {
          if (censored[place]) drawn("path", { d: `M${x(each)} ${y(survival[place]) - 5}v10`, stroke: group.colour, class: "mark" }, layer);
        });
      }
      return layer;
    });
    const cursor = drawn("line", { y1: y(1), y2: y(0), class: "cursor" }, svg);

    // One slider says everything: arrow keys move it, and its text is what the table below shows.
    const stage = made("div", { className: "stage", tabIndex: 0 }, svg);
    stage.setAttribute("role", "slider");
    stage.setAttribute("aria-label", filled(words.slider, { endpoint: data.endpoint }));
    stage.setAttribute("aria-valuemin", "0");
    stage.setAttribute("aria-valuemax", String(end));

    const rows = data.groups.map((group) => {
      const cells = ["survival", "interval", "risk"].map(() => made("td", {}));
      return { cells, row: made("tr", {}, made("th", { scope: "row", textContent: group.label }), ...cells) };
    });
    const heads = ["", words.survival, words.interval, words.at_risk].map((text) =>
      text ? made("th", { scope: "col", textContent: text }) : made("td", {}),
    );
    const caption = made("caption", {});
    const table = made("table", { className: "values" }, caption, made("thead", {}, made("tr", {}, ...heads)), made("tbody", {}, ...rows.map(({ row }) => row)));

    const move = (to) => {
      month = Math.min(end, Math.max(0, to));
      const shown = month.toFixed(1).replace(/\.0$/, "");
      cursor.setAttribute("x1", x(month));
      cursor.setAttribute("x2", x(month));
      caption.textContent = filled(words.at, { months: shown });
      const said = data.groups.map((group, place) => {
        const value = at(group.steps, month);
        const beyond = ended(group.steps, month);
        const [survival, interval, risk] = rows[place].cells;
        survival.textContent = beyond ? "–" : percent(value.survival);
        interval.textContent = beyond ? "–" : `${percent(value.lower)} – ${percent(value.upper)}`;
        risk.textContent = String(value.risk);
        rows[place].row.hidden = off.has(place);
        if (off.has(place)) return "";
        return beyond
          ? filled(words.said_beyond, { group: group.label })
          : filled(words.said, { group: group.label, survival: percent(value.survival), lower: percent(value.lower), upper: percent(value.upper), risk: value.risk });
      });
      stage.setAttribute("aria-valuenow", shown);
      stage.setAttribute("aria-valuetext", [caption.textContent, ...said.filter(Boolean)].join(". "));
    };

    const follow = (event) => {
      const box = svg.getBoundingClientRect();
      const place = ((event.clientX - box.left) / box.width) * WIDTH;
      move(((place - EDGE.left) / (WIDTH - EDGE.left - EDGE.right)) * end);
    };
    stage.addEventListener("pointermove", follow);
    stage.addEventListener("pointerdown", follow);
    stage.addEventListener("keydown", (event) => {
      const jump = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: step, PageDown: -step }[event.key];
      const to = event.key === "Home" ? 0 : event.key === "End" ? end : jump === undefined ? null : Math.round(month) + jump;
      if (to === null) return;
      event.preventDefault();
      move(to);
    });

    const button = (text, pressed, act, swatch) => {
      const element = made("button", { type: "button" });
      if (swatch) {
        const line = drawn("svg", { viewBox: "0 0 26 10", width: 26, height: 10, "aria-hidden": "true" }, element);
        drawn("path", { d: "M1 5H25", stroke: swatch.colour, class: "curve", "stroke-dasharray": swatch.dashes.map((each) => each * 2).join(" ") }, line);
      }
      element.append(text);
      element.setAttribute("aria-pressed", String(pressed));
      element.addEventListener("click", () => {
        const on = element.getAttribute("aria-pressed") !== "true";
        element.setAttribute("aria-pressed", String(on));
        act(on);
      });
      return element;
    };
    const controls = made("div", { className: "controls" });
    controls.setAttribute("role", "group");
    controls.setAttribute("aria-label", filled(words.controls, { endpoint: data.endpoint }));
    data.groups.forEach((group, place) => {
      const label = filled(words.group, { group: group.label, n: group.n, median: group.median });
      const act = (on) => {
        if (on) off.delete(place);
        else off.add(place);
        layers[place].classList.toggle("off", !on);
        move(month);
      };
      controls.append(button(label, true, act, group));
    });
    controls.append(button(words.bands, true, (on) => svg.classList.toggle("without-bands", !on)));
    const live = made("div", { className: "live" }, controls, stage, table);
    const picture = button(words.picture, false, (on) => {
      live.hidden = on;
      figure.classList.toggle("interactive", !on);
    });
    move(0);
    figure.classList.add("interactive");
    sheet.before(live);
    sheet.before(made("div", { className: "controls" }, picture));
  };

  for (const [name, data] of Object.entries(figures)) {
    const figure = document.getElementById(`figure-${name}`);
    if (figure) build(figure, data);
  }
})();
