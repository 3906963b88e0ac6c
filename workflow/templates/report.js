// Where a number comes from, on hover, tap or keyboard focus; and folded tables opened for printing.
// The page is complete without this script.
(() => {
  "use strict";
  const { estimates, methods, numbers } = JSON.parse(document.getElementById("sources").textContent);
  const note = Object.assign(document.createElement("div"), { id: "source", hidden: true });
  note.setAttribute("role", "tooltip");
  document.body.append(note);
  let shown = null;

  // "pfs.rechallenge.overall.median.ci" is printed from the row of "pfs.rechallenge.overall.median".
  const sourceOf = (name) => {
    for (const known of [name, name.replace(/\.(ci|p|n|events)$/, "")]) {
      if (known in numbers) {
        const [estimate, method] = numbers[known];
        return { row: estimates[estimate], method: methods[method] };
      }
    }
    return { row: "", method: "" };
  };

  const line = (label, text, code) => {
    const whole = document.createElement("p");
    const said = document.createElement(code ? "code" : "span");
    said.textContent = text;
    whole.append(`${label}: `, said);
    return whole;
  };

  const hide = () => {
    shown?.removeAttribute("aria-describedby");
    shown = null;
    note.hidden = true;
  };

  const show = (number) => {
    hide();
    const { row, method } = sourceOf(number.dataset.number);
    note.replaceChildren(line("Number", number.dataset.number, true));
    note.append(row ? line("Row of estimates.csv", row, true) : line("From", "the settings or files of the study", false));
    if (method) note.append(line("Method", method, false));
    note.hidden = false;
    const place = number.getBoundingClientRect();
    const width = Math.min(note.offsetWidth, window.innerWidth - 16);
    note.style.left = `${Math.max(8, Math.min(place.left, window.innerWidth - width - 8))}px`;
    const below = place.bottom + 6;
    const fits = below + note.offsetHeight < window.innerHeight;
    note.style.top = `${fits ? below : Math.max(8, place.top - note.offsetHeight - 6)}px`;
    number.setAttribute("aria-describedby", "source");
    shown = number;
  };

  const numberAt = (event) => (event.target instanceof Element ? event.target.closest(".n[data-number]") : null);
  document.addEventListener("pointerover", (event) => {
    const number = event.pointerType === "mouse" ? numberAt(event) : null;
    if (number) show(number);
    else if (event.pointerType === "mouse" && !note.contains(event.target)) hide();
  });
  document.addEventListener("click", (event) => {
    const number = numberAt(event);
    if (number) show(number);
    else if (!note.contains(event.target)) hide();
  });
  document.addEventListener("focusin", (event) => (numberAt(event) ? show(numberAt(event)) : hide()));
  document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
  document.addEventListener("scroll", hide, { passive: true });

  // Thousands of numbers are stops of the tab key only where the reader asks for it.
  const toggle = document.getElementById("focus-numbers");
  toggle.hidden = false;
  toggle.addEventListener("click", () => {
    const on = toggle.getAttribute("aria-pressed") !== "true";
    toggle.setAttribute("aria-pressed", String(on));
    for (const number of document.querySelectorAll(".n[data-number]")) {
      if (on) number.tabIndex = 0;
      else number.removeAttribute("tabindex");
    }
  });

  // The section that is being read, in the contents.
  const links = new Map([...document.querySelectorAll("nav.contents a")].map((link) => [link.hash.slice(1), link]));
  const reading = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (!isIntersecting) continue;
        for (const [id, link] of links) {
          if (id === target.id) link.setAttribute("aria-current", "true");
          else link.removeAttribute("aria-current");
        }
      }
    },
    { rootMargin: "-15% 0px -80% 0px" },
  );
  for (const section of document.querySelectorAll("main > section[id]")) reading.observe(section);

  const folds = () => [...document.querySelectorAll("details:not([open])")];
  let opened = [];
  window.addEventListener("beforeprint", () => {
    opened = folds();
    for (const fold of opened) fold.open = true;
  });
  window.addEventListener("afterprint", () => {
    for (const fold of opened) fold.open = false;
    opened = [];
  });
})();
