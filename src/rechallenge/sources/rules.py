"""What ingest reports cell by cell; `docs/validation_rules.md` lists these rules with those of the validation."""

from typing import Final

from rechallenge.findings import Rule

DATE_UNREADABLE: Final = Rule(
    "date_unreadable",
    "warning",
    "The cell fits no date format that the mapping declares, or is no day of the calendar; it is treated as missing",
    "Correct the date in the source, or declare its format in the mapping (an error where the date is required).",
)
DATE_UNKNOWN: Final = Rule(
    "date_unknown",
    "note",
    "The date is written as unknown (year 0000, 8888 or 9999) and is treated as missing",
    "Nothing, unless the date can be found.",
)
DATE_PARTIAL: Final = Rule(
    "date_partial",
    "note",
    "Only the month or the year of the date is known; a day within it is imputed and flagged",
    "Nothing, unless the day can be found; the report counts these dates.",
)
VALUE_UNKNOWN: Final = Rule(
    "value_unknown",
    "warning",
    "The word is neither a term, a synonym nor a missing word; it is treated as missing",
    "Correct the word in the source, or add it to `values` or `missing` of the mapping (an error where required).",
)
NUMBER_UNREADABLE: Final = Rule(
    "number_unreadable",
    "warning",
    "The cell is no number; it is treated as missing",
    "Correct the number in the source, or say under `values` of the mapping what the cell means.",
)
DRUG_UNKNOWN: Final = Rule(
    "drug_unknown",
    "error",
    "The drug is not in the drug dictionary; its class is unknown",
    "Correct the name in the source, or add the drug to config/vocabularies/drugs.yaml.",
)
IDENTIFIER_MISSING: Final = Rule(
    "identifier_missing",
    "error",
    "The row has no patient identifier, so it belongs to nobody",
    "Enter the identifier in the source.",
)
IDENTIFIER_ROUNDED: Final = Rule(
    "identifier_rounded",
    "error",
    "The identifier is a number that a spreadsheet has rounded (more than 15 digits), so patients may be confused",
    "Format the column as text in the source and enter the identifiers again.",
)
COLUMN_UNUSED: Final = Rule(
    "column_unused",
    "note",
    "The column of the extract is used by nothing",
    "Nothing, or map the column, or list it under `ignore` of the mapping.",
)
TEXT_DAMAGED: Final = Rule(
    "text_damaged",
    "warning",
    "The text holds control or replacement characters, or was read in a wrong encoding",
    "Enter the text again; export the file in UTF-8.",
)
ROW_EMPTY: Final = Rule(
    "row_empty",
    "warning",
    "A row within the table is empty: a record may have been erased",
    "Enter the record again, or delete the empty row from the source.",
)
COLUMN_EMPTY: Final = Rule(
    "column_empty",
    "warning",
    "A column that the study reads holds no value in any row",
    "Check the export: the column may have been erased. Nothing, if the source never fills it.",
)
COLUMN_ABSENT: Final = Rule(
    "column_absent",
    "note",
    "Optional columns are not in the file: their values are missing in every row",
    "Nothing, if the source does not have it; otherwise add the columns, or correct their headers.",
)
FILE_WITHOUT_ROWS: Final = Rule(
    "file_without_rows",
    "warning",
    "The file holds a header and no row of data",
    "Check the export: it may have failed. Nothing, if there is nothing to report.",
)
LAST_LINE_OPEN: Final = Rule(
    "last_line_open",
    "note",
    "The last line of the file has no line end: the file may have been cut there",
    "Compare the end of the file with its source. Nothing, if the exporting program ends its files so.",
)
BIRTH_YEAR_UNUSABLE: Final = Rule(
    "birth_year_unusable",
    "error",
    "The year of birth is missing or no year, and the source counts all days from it",
    "Enter the year of birth in the source, or set the patient aside.",
)
CANCER_MISSING: Final = Rule(
    "cancer_missing",
    "warning",
    "The patient has no row among the cancers of the release: diagnosis, stage and histology are missing",
    "Look for the row in the source, or correct its identifier.",
)
HELPER_ROW_ORPHAN: Final = Rule(
    "helper_row_orphan",
    "warning",
    "A row of cancers or reports belongs to nobody among the patients",
    "Correct the identifier of the row, or add the patient.",
)
RECORD_NUMBER_SKIPPED: Final = Rule(
    "record_number_skipped",
    "warning",
    "The source numbers a patient's records, and a number is left out: a record may be lost",
    "Look for the record in the source.",
)
INGEST_RULES: Final = (
    DATE_UNREADABLE, DATE_UNKNOWN, DATE_PARTIAL, VALUE_UNKNOWN, NUMBER_UNREADABLE, DRUG_UNKNOWN, IDENTIFIER_MISSING,
    IDENTIFIER_ROUNDED, BIRTH_YEAR_UNUSABLE, TEXT_DAMAGED, COLUMN_UNUSED, COLUMN_ABSENT, COLUMN_EMPTY, ROW_EMPTY,
    CANCER_MISSING, HELPER_ROW_ORPHAN, RECORD_NUMBER_SKIPPED, FILE_WITHOUT_ROWS, LAST_LINE_OPEN,
)  # fmt: skip
