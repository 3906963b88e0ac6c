"""How large a file of the extract may be: what a small file unpacks to is not known from its size."""

from pydantic import Field

from rechallenge.settings.base import Settings


class LimitSettings(Settings):
    """Beyond these a file is refused before it fills the memory; a registry that needs more says so."""

    unpacked_megabytes: int = Field(
        1_000, gt=0, description="What the parts of a workbook (XLSX) unpack to, together, in megabytes."
    )
    cells: int = Field(
        200_000_000, gt=0, description="Cells of a file: rows times columns of a Parquet file or a sheet."
    )
    columns: int = Field(2_000, gt=0, description="Columns of a file.")
    characters: int = Field(
        32_767, gt=0, description="Characters of one cell; a cell of a spreadsheet program holds no more than 32,767."
    )
