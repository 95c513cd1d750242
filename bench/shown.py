"""Figures as people read them."""

from typing import Any

NOT_MEASURED = "not measured"


def rate(a_second: float) -> str:
    return f"{a_second:,.0f}/s"


def memory(of: dict[str, Any], name: str) -> str:
    if of[name] is None:
        return "not measured: no /proc"
    return f"{of[name] / 1e6:,.0f} MB ({of[name + ', largest process'] / 1e6:,.0f} MB)"


def duration(seconds: float) -> str:
    if seconds < 1e-3:
        return f"{seconds * 1e6:.3g} µs"
    return f"{seconds * 1e3:.3g} ms"
