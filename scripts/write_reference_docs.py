"""Write docs/data_dictionary.md and docs/validation_rules.md from the schemas and rules (run after changing them)."""

from pathlib import Path

from rechallenge.validation.reference_docs import data_dictionary, validation_rules

DOCS = Path(__file__).resolve().parents[1] / "docs"


def main() -> None:
    """Write both documents."""
    DOCS.mkdir(exist_ok=True)
    for name, text in (("data_dictionary", data_dictionary()), ("validation_rules", validation_rules())):
        (DOCS / f"{name}.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
