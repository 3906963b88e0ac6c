"""The workflow files as Snakemake's own linter and formatter want them, and rules that keep their promises."""

import subprocess
import sys

import pytest

from rechallenge.federation.study import FEDERATION_RULES
from rechallenge.study import REFRESH_RULES, RULES


def test_snakemake_lint_finds_nothing(checkout):
    lint = subprocess.run([sys.executable, "-m", "snakemake", "--lint"], cwd=checkout, capture_output=True, text=True)
    assert lint.returncode == 0, lint.stdout + lint.stderr
    assert "Congratulations, your workflow is in a good condition!" in lint.stdout + lint.stderr


def test_snakefmt_would_change_nothing(checkout):
    check = subprocess.run(
        [sys.executable, "-m", "snakefmt", "--check", "Snakefile", "workflow"],
        cwd=checkout,
        capture_output=True,
        text=True,
    )
    assert check.returncode == 0, check.stderr


@pytest.fixture
def rule_texts(checkout):
    text = "\n".join(
        path.read_text(encoding="utf-8") for path in sorted((checkout / "workflow" / "rules").glob("*.smk"))
    )
    return {part.split(":")[0]: part for part in text.split("\nrule ")[1:]}


def test_each_rule_has_a_script_of_its_name_a_message_a_log_and_its_code_fingerprint(rule_texts):
    assert sorted(rule_texts) == sorted([*RULES, *REFRESH_RULES, *FEDERATION_RULES])
    for rule, text in rule_texts.items():
        assert f'"../../scripts/{rule}.py"' in text
        assert f'"<logs>/{rule}.log"' in text or f'"<logs>/{rule}_{{scatteritem}}.log"' in text
        assert "message:" in text
        assert "study.code(" in text or "federation.code(" in text


def test_every_step_after_the_gate_waits_for_it(rule_texts):
    after = [rule for rule in (*RULES, *REFRESH_RULES) if rule not in ("ingest", "validate", "gate")]
    assert all("rules.gate.output" in rule_texts[rule] for rule in after)


def test_no_run_block_and_no_settings_read_by_a_script(checkout, rule_texts):
    assert not any("\n    run:" in text for text in rule_texts.values())
    assert not any(
        "snakemake.config" in path.read_text(encoding="utf-8") for path in (checkout / "scripts").glob("*.py")
    )
