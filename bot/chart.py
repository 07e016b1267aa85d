"""The figures of some days as one picture for a phone: questions per day, answered share, top topics.

Owns layout, colours and the font. Refuses to know where the figures come from. Pillow brings no font with
Vietnamese letters, so `bot/fonts` holds the Latin and Vietnamese part of DejaVu Sans.
"""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from bot import texts_admin as t
from bot.statistics import Period

WIDTH, HEIGHT = 1080, 1350  # pixels: 4:5 fills a phone held upright
MARGIN = 64
INK, PALE, BLUE, GREEN, PAPER = "#1f2933", "#7b8794", "#2f6fed", "#2e9e5b", "#ffffff"
TITLE, BIG, PLAIN, SMALL = 52, 108, 38, 32  # letters in pixels; on a 6-inch phone 32 is 2 mm
TOPICS = 4
FONT = Path(__file__).parent / "fonts" / "DejaVuSans-Vietnamese.ttf"


def draw(period: Period, title: str) -> bytes:
    """Return the picture as PNG (synchronous, some 50 ms)."""
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    pen = ImageDraw.Draw(image)
    pen.text((MARGIN, 48), _fit(pen, title, TITLE, WIDTH - 2 * MARGIN), font=_font(TITLE), fill=INK)
    half = WIDTH // 2
    figures = [
        (MARGIN, str(period.asked), t.CHART_ASKED, BLUE),
        (half + 24, f"{period.answered_share:.0%}", t.CHART_ANSWERED, GREEN),
    ]
    for left, figure, label, colour in figures:
        pen.text((left, 130), figure, font=_font(BIG), fill=colour)
        pen.text((left, 262), _fit(pen, label, SMALL, half - MARGIN), font=_font(SMALL), fill=PALE)
    pen.text((MARGIN, 346), t.CHART_DAYS, font=_font(PLAIN), fill=INK)
    _days(pen, period, top=420, bottom=800)
    pen.text((MARGIN, 900), t.CHART_TOPICS, font=_font(PLAIN), fill=INK)
    _topics(pen, period, top=968)
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def _days(pen: ImageDraw.ImageDraw, period: Period, *, top: int, bottom: int) -> None:
    """Draw a bar for each day; labels stand under as many of them as there is room for."""
    most = max((count for _, count in period.days), default=0) or 1
    step = (WIDTH - 2 * MARGIN) / max(1, len(period.days))
    labelled = max(1, -(-len(period.days) // 7))
    for n, (day, count) in enumerate(period.days):
        left = MARGIN + n * step
        height = (bottom - top - 48) * count / most
        pen.rectangle((left + step * 0.15, bottom - height, left + step * 0.85, bottom), fill=BLUE)
        middle = left + step / 2
        if labelled == 1:
            pen.text((middle, bottom - height - 8), str(count), font=_font(SMALL), fill=INK, anchor="ms")
        if n % labelled == 0:
            label = f"{day.day}/{day.month}"
            pen.text((middle, bottom + 14), label, font=_font(SMALL), fill=PALE, anchor="ma")
    pen.line((MARGIN, bottom, WIDTH - MARGIN, bottom), fill=PALE, width=2)


def _topics(pen: ImageDraw.ImageDraw, period: Period, *, top: int) -> None:
    if not period.topics:
        pen.text((MARGIN, top), t.CHART_NO_TOPICS, font=_font(SMALL), fill=PALE)
        return
    most = period.topics[0][1]
    room = WIDTH - 2 * MARGIN - 110
    for n, (topic, count) in enumerate(period.topics[:TOPICS]):
        at = top + n * 92
        pen.text((MARGIN, at), _fit(pen, topic, SMALL, WIDTH - 2 * MARGIN), font=_font(SMALL), fill=INK)
        length = max(6, room * count / most)
        pen.rectangle((MARGIN, at + 46, MARGIN + length, at + 72), fill=GREEN)
        pen.text((MARGIN + length + 16, at + 59), str(count), font=_font(SMALL), fill=INK, anchor="lm")


def _fit(pen: ImageDraw.ImageDraw, text: str, size: int, width: int) -> str:
    """Shorten *text* until it is no wider than *width* pixels."""
    if pen.textlength(text, font=_font(size)) <= width:
        return text
    while text and pen.textlength(f"{text}…", font=_font(size)) > width:
        text = text[:-1]
    return f"{text.rstrip()}…"


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONT, size)
