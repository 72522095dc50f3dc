"""A newsroom to search in: the demo's texts without its pictures, and stories in other languages and of other years."""

import json
import tempfile
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import time_machine
from django.core.management import call_command

from newsroom.management.commands.load_demo import DEMO
from tests.factories import make_article, make_byline, make_photo, make_topic, paragraphs, publish

NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
SHOWN = ("photo", "gallery", "video")
OTHERS = [
    ("uk-council", "uk", "Депутати Києва проголосували за новий бюджет", "Рада ухвалила рішення вночі.", 2026),
    ("uk-kharkiv", "uk", "У Харкові відкрили міст через річку", "Міст будували сім років. П’ять інженерів.", 2024),
    ("uk-odesa", "uk", "Гавань Одеси приймає зерно", "Перший корабель увійшов у гавань уранці.", 2025),
    ("de-hafen", "de", "Der Hafen und seine Häuser", "Die Straße zum Hafen ist gesperrt, sagte Müller.", 2023),
    ("fr-elus", "fr", "Les élus votent à l'Assemblée", "Les députés étaient présents à l’élection.", 2022),
    ("pl-lodz", "pl", "Łódź wybiera prezydenta", "Wybory w Łodzi odbędą się w niedzielę.", 2021),
    ("ru-gorod", "ru", "В городе открыли новую школу", "Ёлки стоят у школы.", 2020),
    ("ja-tokyo", "ja", "東京都の港が開いた", "東京湾の港で新しい橋が完成した。", 2025),
    ("zh-port", "zh", "港口重新开放", "新的大桥连接了港口和城市。", 2024),
    ("ko-seoul", "ko", "서울에서 열린 회의", "항구 도시의 시장들이 서울에 모였다.", 2023),
    ("th-port", "th", "ท่าเรือกรุงเทพเปิดแล้ว", "เรือลำแรกเข้าท่าเรือตอนเช้า", 2022),
    ("ar-port", "ar", "المِيناء يفتح أبوابه", "وصلت السفينة الأولى إلى الميناء.", 2021),
    ("he-port", "he", "הנמל נפתח", "הספינה הראשונה נכנסה לנמל.", 2021),
    ("hi-port", "hi", "बंदरगाह फिर खुला", "पहला जहाज सुबह आया।", 2020),
    ("el-port", "el", "Το λιμάνι άνοιξε", "Το πρώτο πλοίο έφτασε στο λιμάνι.", 2020),
    ("tr-port", "tr", "İstanbul limanı açıldı", "İlk gemi limana girdi.", 2020),
    ("harbour-1998", "en", "Harbour strike ends", "Dockers went back to work at the harbour.", 1998),
    ("harbour-1901", "en", "A harbour for the town", "The harbour is to be dredged.", 1901),
    ("obrien", "en", "O’Brien’s last shift", "The U.S. consul spoke of covid-19 and 1,000 beds.", 2019),
    ("signs", "en", "C++ & R: “what's in a name?”", "Read <b>this</b> at 3.5 per cent.", 2018),
]


def fill():
    """Make all of it, under a clock that stands still. (It is of `once`, which keeps it for other tests.)"""
    with time_machine.travel(NOW, tick=False):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "content.ndjson"
            file.write_text("\n".join(json.dumps(line) for line in texts_of_demo()))
            call_command("import_content", file, stdout=StringIO())
        byline, topic = make_byline("Саміра Восс", slug="samira-voss-uk"), make_topic("Чорне море", slug="black-sea")
        photo = make_photo(caption="Grain silos at dusk", credit_line="Q. Quillfeather/Tide Pictures")
        for slug, language, headline, text, year in OTHERS:
            shared = {"bylines": [byline], "topics": [topic], "lead_photo": photo} if slug == "uk-odesa" else {}
            body = paragraphs(text)
            story = make_article(slug=slug, language=language, headline=headline, body=body, **shared)
            publish(story, published_at=datetime(year, 3, 1, 12, tzinfo=UTC))


def texts_of_demo():
    lines = [json.loads(line) for line in (DEMO / "content.ndjson").read_text().splitlines()]
    for line in lines:
        kind = line["kind"]
        if kind in {"section", "topic"}:
            yield line
        elif kind == "byline":
            yield {name: value for name, value in line.items() if name != "portrait"}
        elif kind == "article" and line.get("status") == "published":
            left = {name: value for name, value in line.items() if name not in {"lead_photo", "lead_video", "seo"}}
            left["body"] = [block for block in line["body"] if block["type"] not in SHOWN]
            yield left
        elif kind == "blurb" and line.get("status") == "published":
            yield {name: value for name, value in line.items() if name not in {"photo", "video"}}
