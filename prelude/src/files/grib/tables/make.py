"""Makes grib2.txt, variables.txt and templates.txt of the definitions that the package eccodeslib brings: `python make.py` in this folder.

Needs `nm` and `readelf`. Rows of NCEP's own parameters (`k`) are taken over from the grib2.txt that is there.
"""

import re
import subprocess
from difflib import SequenceMatcher
from pathlib import Path

import eccodeslib

LIBRARY = next((Path(eccodeslib.__file__).parent / "lib64").glob("libeccodes_memfs.so"))


def files():
    data = LIBRARY.read_bytes()
    lines = subprocess.run(["readelf", "-lW", LIBRARY], capture_output=True, text=True, check=True).stdout.splitlines()
    parts = [[int(word, 16) for word in line.split()[1:5]] for line in lines if line.split()[:1] == ["LOAD"]]
    found = {}
    for line in subprocess.run(["nm", "-S", LIBRARY], capture_output=True, text=True, check=True).stdout.splitlines():
        words = line.split()
        if len(words) != 4 or not words[3].startswith("_definitions_grib2"):
            continue
        address, length = int(words[0], 16), int(words[1], 16)
        for offset, start, _, size in parts:
            if start <= address < start + size:
                text = data[offset + address - start :][:length].decode(errors="replace")
                found[words[3].removeprefix("_definitions_grib2_")] = text
    return found


LETTERS = {
    "typeOfFirstFixedSurface": "s", "scaleFactorOfFirstFixedSurface": "f", "scaledValueOfFirstFixedSurface": "v",
    "typeOfSecondFixedSurface": "S", "scaleFactorOfSecondFixedSurface": "F", "scaledValueOfSecondFixedSurface": "V",
    "typeOfStatisticalProcessing": "p", "indicatorOfUnitForTimeRange": "u", "lengthOfTimeRange": "t",
    "probabilityType": "q", "scaleFactorOfLowerLimit": "k", "scaledValueOfLowerLimit": "l",
    "typeOfGeneratingProcess": "g", "localTablesVersion": "L", "aerosolType": "a", "constituentType": "c",
    "is_chemical": "C", "is_chemical_srcsink": "R", "is_aerosol": "A", "is_aerosol_optical": "O",
    "sourceSinkChemicalPhysicalProcess": "r", "typeOfSizeInterval": "z", "scaleFactorOfFirstSize": "y",
    "scaledValueOfFirstSize": "Y", "scaleFactorOfSecondSize": "x", "scaledValueOfSecondSize": "X",
    "typeOfWavelengthInterval": "w", "scaleFactorOfFirstWavelength": "h", "scaledValueOfFirstWavelength": "H",
    "scaleFactorOfSecondWavelength": "j", "scaledValueOfSecondWavelength": "J", "typeOfWavePeriodInterval": "W",
    "scaleFactorOfLowerWavePeriodLimit": "d", "scaledValueOfLowerWavePeriodLimit": "D",
    "scaleFactorOfUpperWavePeriodLimit": "e", "scaledValueOfUpperWavePeriodLimit": "E",
    "typeOfRelationToReferenceDataset": "n", "numberOfAdditionalParametersForReferencePeriod": "N",
    "randomFieldNumber": "b", "gridDefinitionTemplateNumber": "G", "numberOfGridInReference": "i",
}  # fmt: skip
CODE = ("discipline", "parameterCategory", "parameterNumber")


def rows(text, known):
    """Code, conditions and number of each parameter that has a name."""
    for number, body in re.findall(r"^'([^']*)' = \{(.*?)^\s*\}", text, re.M | re.S):
        pairs = [[part.strip() for part in line.split("=", 1)] for line in body.split(";") if line.strip()]
        keys = dict(pairs)
        code = ".".join(keys[key] for key in CODE)
        # Their own number of that discipline is the number of the parameter.
        if known and number not in known or number.isdigit() and code == f"192.{int(number) // 1000 or 128}.{int(number) % 1000}":
            continue
        conditions = []
        for key, value in pairs:
            if key in CODE:
                continue
            if value.startswith("["):
                # One number for each span of time, all of them at once.
                conditions.append(LETTERS[key].upper() + "+".join(value.strip("[]").replace(" ", "").split(",")))
            else:
                conditions.append(LETTERS[key] + ("m" if "missing" in value else value))
        yield code, " ".join(conditions), number


def parameters(found):
    known = {line.split("|")[0] for line in Path("parameters.txt").read_text().splitlines()}
    own = [line for line in Path("grib2.txt").read_text().splitlines() if line.split("|")[1] == "k"]
    lines = []
    for whose, name in [("", "paramId"), ("e", "localConcepts_ecmf_paramId")]:
        before = list(rows(found[f"{name}_lte33_def"], known))
        after = list(rows(found[f"{name}_def"], known))
        # Of rows that fit alike the last counts, so both orders are kept.
        for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
            parts = [("", after[c:d])] if kind == "equal" else [("<", before[a:b]), (">", after[c:d])]
            lines += [f"{code}|{when}{whose}|{conditions}|{n}" for when, part in parts for code, conditions, n in part]
    lines += own
    for name in ["paramId_legacy_def", "localConcepts_ecmf_paramId_legacy_def"]:
        lines += [f"{code}|o|{conditions}|{number}" for code, conditions, number in rows(found[name], known)]
    Path("grib2.txt").write_text("\n".join(lines) + "\n")


def variables(found):
    lines = []
    for whose, name in [("", "cfVarName"), ("e", "localConcepts_ecmf_cfVarName")]:
        lines += [f"{code}|{whose}|{conditions}|{variable}" for code, conditions, variable in rows(found[f"{name}_def"], ())]
    Path("variables.txt").write_text("\n".join(lines) + "\n")


BLOCKS = {
    "parameter": "", "point_in_time": "", "generating_process": "process", "forecast_time": "time",
    "forecast_time_44": "time44", "horizontal": "surfaces", "eps": "member", "leps": "member_large", "derived": "derived",
    "lderived": "derived_large", "probability": "probability", "probability_large_ensemble": "probability_large",
    "percentile": "percentile", "quantile": "quantile", "reforecast": "reforecast", "statistical": "statistical",
    "chemical": "constituent", "aerosol": "aerosol", "aerosol_size": "size", "optical": "optical", "source": "source",
    "postproc": "postprocessing", "wave_period_range": "periods", "rectangular_cluster": "rectangle",
    "circular_cluster": "circle", "eps_cluster": "", "referenceperiod": "reference", "random_patterns": "random",
    "radionuclides": "radionuclides", "satellite": "satellite", "satellite_30": "channels",
}  # fmt: skip


def templates(found):
    lines = []
    for name, text in found.items():
        match = re.fullmatch(r"templates_template_4_(\d+)_def", name)
        if not match:
            continue
        blocks = []
        for line in re.sub(r"#.*", "", text).splitlines():
            included = re.match(r'include "grib2/templates/template\.4\.(.*)\.def"', line.strip())
            if included:
                blocks.append(BLOCKS.get(included[1], "?"))
            elif "observationGeneratingProcess" in line and "alias" not in line:
                blocks.append("observed")
            elif "qualityValue" in line:
                blocks.append("?")
            elif re.match(r"(codetable|unsigned|signed)\[", line.strip()) and "typeOfGeneratingProcess" not in line:
                # What follows all that is looked for here does no harm.
                blocks.append("tail" if "surfaces" in blocks else "?")
        blocks = [block for block in blocks if block]
        # Numbers from 1000 on are experiments.
        if int(match[1]) < 1000 and "?" not in blocks and {"surfaces", "satellite", "channels"} & set(blocks) and not {"tail"} & set(blocks[:-3]):
            lines.append((int(match[1]), " ".join(block for block in blocks if block != "tail")))
    Path("templates.txt").write_text("".join(f"{number}|{blocks}\n" for number, blocks in sorted(lines)))


if __name__ == "__main__":
    found = files()
    parameters(found)
    variables(found)
    templates(found)
