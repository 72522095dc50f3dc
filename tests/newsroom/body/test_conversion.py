"""HTML as other programs write it, on its way into a body."""

import re
import time

import pytest
from django.utils.html import escape
from hypothesis import given, settings
from hypothesis import strategies as st

from cms.notices import collecting
from newsroom.body import BodyField, blocks_from_html, body_html, clean_flow, clean_inline, editor_html
from newsroom.body.conversion import is_clean
from newsroom.body.pieces import inline_html
from newsroom.body.reading import pieces_of

VIDEO = "https://www.youtube.com/watch?v=GaLLeyHrb04"


def brief(html, language=""):
    """The blocks of some HTML in short, and the kinds of what was left out."""
    with collecting() as notices:
        blocks = BodyField().run_validation(blocks_from_html(html, language))
    return [short(block) for block in blocks], [notice.kind for notice in notices]


def short(block):
    match block["type"]:
        case "paragraph":
            return block["html"]
        case "heading":
            return f"h{block['level']}: {block['html']}"
        case "list":
            return short_list(block)
        case "quote" | "pullquote":
            return (block["type"], block["html"], block["attribution"])
        case "table":
            return (block["caption"], block["header_rows"], block["header_columns"], block["rows"])
        case "embed":
            return (block["url"], block["title"])
    return block["type"]


def short_list(listing):
    items = [
        item["html"] if not item["list"] else (item["html"], short_list(item["list"])) for item in listing["items"]
    ]
    return [f"from {listing['start']}" if listing["ordered"] else "-", *items]


def table(*rows, caption=None, heads=(0, 0)):
    return (caption, *heads, list(rows))


@pytest.mark.parametrize(
    ("html", "blocks", "left_out"),
    [
        # Quotes and who said them
        (
            '<!-- wp:quote --><blockquote class="wp-block-quote"><!-- wp:paragraph --><p>Stay hungry.</p>'
            "<!-- /wp:paragraph --><cite>Ann</cite></blockquote><!-- /wp:quote -->",
            [("quote", "<p>Stay hungry.</p>", "Ann")],
            [],
        ),
        (
            '<figure class="wp-block-pullquote"><blockquote><p>One</p><cite>A</cite></blockquote></figure>',
            [("pullquote", "<p>One</p>", "A")],
            [],
        ),
        (
            "<blockquote><p>T</p><p><cite>— Ann, mayor</cite></p></blockquote>",
            [("quote", "<p>T</p>", "Ann, mayor")],
            [],
        ),
        ("<blockquote>Bare<br><cite>Ann</cite></blockquote>", [("quote", "<p>Bare</p>", "Ann")], []),
        (
            "<blockquote><p>I read <cite>Book</cite> today.</p></blockquote>",
            [("quote", "<p>I read <em>Book</em> today.</p>", None)],
            [],
        ),
        (
            "<figure><blockquote><p>Q</p></blockquote><figcaption>— Ada, <cite>Work</cite></figcaption></figure>",
            [("quote", "<p>Q</p>", "Ada, Work")],
            [],
        ),
        (
            "<blockquote><p>x</p><footer>Someone in <cite>Title</cite></footer></blockquote>",
            [("quote", "<p>x</p>", "Someone in Title")],
            [],
        ),
        (
            '<blockquote><p>a</p><ul><li>x<ol start="3"><li>y</li></ol></li></ul></blockquote>',
            [("quote", '<p>a</p><ul><li>x<ol start="3"><li>y</li></ol></li></ul>', None)],
            [],
        ),
        # Pictures, sound, players
        (
            '<div class="wp-caption"><img src="x.jpg"/><p class="wp-caption-text">Cap</p></div><p>After</p>',
            ["After"],
            ["picture"],
        ),
        (
            '[caption id="a" width="300"]<a href="http://x.org/a.jpg"><img'
            ' src="http://x.org/a.jpg" /></a> The text[/caption]',
            ["The text"],
            ["picture"],
        ),
        ('<p>Hi <img class="emoji" alt="😀" src="x"></p>', ["Hi 😀"], []),
        ("<p>a<img src=x.png>b</p>", ["a b"], ["picture"]),
        ('<p>a</p><img src="p.gif" width="1" height="1">', ["a"], []),
        (
            '<p>a</p><img src="data:image/gif;base64,R0" data-src="a.jpg"><noscript><img src="a.jpg"></noscript>',
            ["a"],
            ["picture"],
        ),
        (
            f'<figure class="kg-embed-card"><iframe src="{VIDEO}"></iframe><figcaption>See</figcaption></figure>',
            [(VIDEO, "See")],
            [],
        ),
        ('<iframe src="//www.youtube.com/embed/GaLLeyHrb04?rel=0" title="A film"></iframe>', [(VIDEO, "A film")], []),
        (
            f'<p>a</p><div><iframe data-src="{VIDEO}"></iframe></div>'
            f'<noscript><iframe src="{VIDEO}"></iframe></noscript>',
            ["a", (VIDEO, None)],
            [],
        ),
        ('<iframe data-src="https://www.youtube-nocookie.com/embed/GaLLeyHrb04"></iframe>', [(VIDEO, None)], []),
        (
            '<object><param name="movie" value="http://www.youtube.com/v/GaLLeyHrb04&hl=en">'
            '<embed src="http://www.youtube.com/v/GaLLeyHrb04&hl=en"></object>',
            [(VIDEO, None)],
            [],
        ),
        (
            '<iframe src="https://player.vimeo.com/video/76979871?h=8272103f6e"></iframe>',
            [("https://vimeo.com/76979871/8272103f6e", None)],
            [],
        ),
        ('<iframe src="https://www.youtube.com/embed/videoseries?list=PL1"></iframe>', [], ["iframe"]),
        (f"<p>[embed width='500']{VIDEO}[/embed]</p>", [(VIDEO, None)], []),
        (f"Text.\n{VIDEO}\nMore", ["Text.", (VIDEO, None), "More"], []),
        (f'<p><a href="{VIDEO}">{VIDEO}</a></p>', [(VIDEO, None)], []),
        (f"<p>See {VIDEO}</p>", [f"See {VIDEO}"], []),
        (
            '<figure class="wp-block-embed"><div class="wp-block-embed__wrapper"'
            ">\nhttps://example.org/post/1\n</div></figure>",
            ['<a href="https://example.org/post/1">https://example.org/post/1</a>'],
            ["embed"],
        ),
        ('<script src="https://gist.github.com/x.js"></script><p>a</p>', ["a"], ["script"]),
        ('<drupal-media data-entity-uuid="u"></drupal-media><p>x</p>', ["x"], ["picture"]),
        (
            "<p>a</p><form action=/go><label>Mail <input name=m></label><button>Go</button></form>",
            ["a", "Mail"],
            ["form"],
        ),
        # Shortcodes, and what only looks like one
        (
            "[vc_row][vc_column width='1/1']Hello world[/vc_column][/vc_row]",
            ["Hello world"],
            ["shortcode", "shortcode"],
        ),
        (
            "<p>After [sic] he [Name] said [...] of a [video] x[1]</p>",
            ["After [sic] he [Name] said [...] of a [video] x[1]"],
            [],
        ),
        ('<p>Said [ref name="a" /] today[efn_note id=3].</p>', ["Said today."], ["shortcode"] * 2),
        ("<p>Said[ref]A[/ref] and[ref name='a' /] so</p>", ["Said (A) and so"], ["shortcode"] * 2),
        ("<p>Write [[gallery]] there</p>", ["Write [gallery] there"], []),
        ('Intro\n\n[gallery ids="1,2"]\n\nOutro', ["Intro", "Outro"], ["shortcode"]),
        # Lists
        (
            '<b style="font-weight:normal;"><ul><li><p>One</p></li><ul><li>Sub</li></ul><li>Two</li></ul></b>',
            [["-", ("One", ["-", "Sub"]), "Two"]],
            [],
        ),
        (
            '<ol class="lst-kix_a-0 start"><li>a</li></ol><ul class="lst-kix_a-1 start"><li>b</li></ul>'
            '<ol class="lst-kix_a-0" start="2"><li>c</li></ol>',
            [["from 1", ("a", ["-", "b"]), "c"]],
            [],
        ),
        (
            '<p class=MsoListParagraph style="mso-list:l0 level1 lfo1"><span style="mso-list:Ignore">3.<i>&nbsp; </i>'
            '</span>One<o:p></o:p></p><p class=MsoListParagraph style="mso-list:l0 level2 lfo1">'
            '<span style="mso-list:Ignore">o<span>&nbsp;</span></span>Sub</p>',
            [["from 3", ("One", ["-", "Sub"])]],
            [],
        ),
        ("<ul>loose<li>a</li></ul>", [["-", "loose", "a"]], []),
        ("<ul><li>a<ul><li>b</li></ul>after</li></ul>", [["-", ("a", ["-", "b"]), "after"]], []),
        ("<dl><dt>T</dt><dd>D</dd></dl>", ["<strong>T</strong>", "D"], []),
        # Tables
        (
            '<table><tr><th colspan="2">Head</th></tr><tr><td rowspan="2"'
            ">A</td><td>1</td></tr><tr><td>2</td></tr></table>",
            [table(["Head", ""], ["A", "1"], ["", "2"], heads=(1, 0))],
            [],
        ),
        (
            "<table><tr><td></td><th>2023</th></tr><tr><th>A</th><td>1</td></tr></table>",
            [table(["", "2023"], ["A", "1"], heads=(1, 1))],
            [],
        ),
        ('<table><tr><td colspan="1000">H</td></tr><tr><td>a<td>b</table>', [table(["H", ""], ["a", "b"])], []),
        (
            "<table><caption>Cap</caption><tfoot><tr><td>Sum<td>3</tfoot><tr><td>a<td>3</table>",
            [table(["a", "3"], ["Sum", "3"], caption="Cap")],
            [],
        ),
        ("<p>a<table><tr><td>1<td>2</table>b", ["a", table(["1", "2"]), "b"], []),
        ("<td>12</td><td>30</td>", [table(["12", "30"])], []),
        ("<table><tr><td><p>One</p><table><tr><td>1<td>2</table></td></tr></table>", ["One", table(["1", "2"])], []),
        ("<table><tr><td><p>a</p><p>b</p><td><ul><li>c<li>d</ul></table>", [table(["a<br>b", "c<br>d"])], []),
        # Links
        (
            '<p>Text<a href="#_ftn1"><sup>[1]</sup></a> <a href="https://cms.example.org/admin/newsroom/article/1/change/#_ftn2"'
            ">x</a></p>",
            ["Text<sup>[1]</sup> x"],
            ["link", "link"],
        ),
        (
            '<p><a href="/admin/newsroom/article/">a</a> <a href="http://localhost/admin/">b</a></p>',
            ["a b"],
            ["link", "link"],
        ),
        (
            '<p><a href="https://www.google.com/url?q=https://example.org/a%3Fb%3D1%26utm_source%3Dx&amp;sa=D"'
            ">a</a></p>",
            ['<a href="https://example.org/a?b=1">a</a>'],
            [],
        ),
        (
            '<p><a href="https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fexample.org%2F%3Fid%3D1%26mc_cid%3D2&amp;data=5"'
            ">a</a></p>",
            ['<a href="https://example.org/?id=1">a</a>'],
            [],
        ),
        (
            '<p><a href="https://e.org/?a=1&amp;utm_source=x&amp;b=2&amp;fbclid=3#utm_medium=z"'
            ">https://e.org/?gclid=1</a></p>",
            ['<a href="https://e.org/?a=1&amp;b=2">https://e.org/</a>'],
            [],
        ),
        (
            '<p><a href="https://[">a</a> <a href="mailto:a@b.org">b</a></p>',
            ['a <a href="mailto:a@b.org">b</a>'],
            ["link"],
        ),
        # What stands in a line
        ("<p lang=de>Er sagte <q>nie <q>mehr</q></q>.</p>", ["Er sagte „nie ‚mehr‘“."], []),
        ("<p><ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby></p>", ["漢(kan)"], []),
        ("<p><math><mfrac><mn>1</mn><mn>2</mn></mfrac></math></p>", ["1/2"], []),
        ("<h2><img src=x.png></h2><h3><p>in</p></h3>", ["h3: in"], ["picture"]),
        ("<p>A<br><br>B</p>", ["A", "B"], []),
        ("<div>See https://e.org/?utm_source=x\nso</div>", ["See https://e.org/ so"], []),
        (
            '<p><span style="white-space:pre;white-space:pre-wrap">'
            "See https://e.org/?utm_source=x a&#8232;b\nc</span></p>"
            f'<div style="white-space:pre-wrap">Text.\n{VIDEO}\nhttps://e.org/?gclid=1\nend</div>',
            ["See https://e.org/ a b<br>c", "Text.", (VIDEO, None), "https://e.org/<br>end"],
            [],
        ),
        ("<p>&#8203;</p><p>a&nbsp;&nbsp;b &nbsp; c</p>", ["a b c"], []),
        (
            '<p><span style="font-weight:700">B</span> <span style="display:none">no</span></p>',
            ["<strong>B</strong>"],
            [],
        ),
        (
            "<noscript><p>no</p></noscript><textarea>no</textarea><template>no</template><svg><title>no</title></svg>a",
            ["a"],
            ["form", "picture"],
        ),
        ("<frameset><noframes>no</noframes></frameset>a", ["a"], []),
        # What browsers lift out of a table or pass over
        ("<table>one<tr><td>a</td><td>b</td></tr>two</table>", ["one two", table(["a", "b"])], []),
        ("a<form>b<form>c</form>d</form>e", ["a", "b c", "d e"], ["form"]),
        ("<p>a</dt>b</td>c</p>d", ["a b c", "d"], []),
        # What stands apart by the style of its page alone
        (
            '<div class="wp-block-file"><a href="https://e.org/f.pdf">Report</a>'
            '<a href="https://e.org/f.pdf" class="wp-block-file__button" download>Download</a></div>',
            ['<a href="https://e.org/f.pdf">Report</a> <a href="https://e.org/f.pdf">Download</a>'],
            [],
        ),
        (
            '<p><a href="https://e.org/p">Title</a><time>1 May</time></p>',
            ['<a href="https://e.org/p">Title</a> 1 May'],
            [],
        ),
        (
            '<p><a href="https://e.org/p">Ti</a><a href="https://e.org/p">tle</a></p>',
            ['<a href="https://e.org/p">Title</a>'],
            [],
        ),
        ("<p>12<svg><path/></svg>30</p>", ["12 30"], ["picture"]),
        ('<p>a</p><div class="paywall-jump"></div><p>b</p>', ["a", "paywall", "b"], []),
        ('<p><a href="#r1">1</a>. The note</p>', ["1. The note"], ["link"]),
        (
            '<p>Said so.<a href="#n1">1</a> In 2024.<a href="#n2">2</a></p>',
            ["Said so.<sup>1</sup> In 2024.<sup>2</sup>"],
            ["link"] * 2,
        ),
        (
            '<p>By §<a href="#p5">5</a> (<a href="#f2">2</a>), 1.<a href="#s">2</a>, 3–<a href="#p9">9</a>, '
            '№<a href="#n">7</a></p>',
            ["By §5 (2), 1.2, 3–9, №7"],
            ["link"] * 5,
        ),
        ('<p><a href="#s">3</a>D printing</p>', ["3D printing"], ["link"]),
        ('<p><a href="#p5">§</a> 5 says <a href="#">#</a> so.</p>', ["§ 5 says # so."], ["link"] * 2),
        ('<h2><a href="#t">#</a> T</h2><p>a</p>', ["h2: T", "a"], []),
        ('<p>Note. <a href="#r1">↩</a> <a href="#r2">↩</a></p><p>See <a href="#t">¶</a></p>', ["Note.", "See"], []),
        ('<p>See <a href="#cmnt-rules">the rules</a>.</p>', ["See the rules."], ["link"]),
        # What others keep under a name of ours, and what no text holds
        ('<div data-block="true"><span>a</span></div><div data-block="no json">b</div>', ["a", "b"], ["block"]),
        ("&lt;p&gt; begins a paragraph.", ["&lt;p&gt; begins a paragraph."], []),
        ('<p data-id="post:12 (old)">a</p><h2 data-id="">b</h2><p data-id="kept-1">c</p>', ["a", "h2: b", "c"], []),
        ("<p>a&#8;b&#x1F;c&#65279;d&#10;e&#128;f</p>", ["abcd e€f"], []),
        (
            '<a href="https://e.org/"><div class="tweet" data-attrs="{&quot;url&quot;:&quot;https://e.org/t&quot;}">'
            "<!-- --></div></a>",
            ['<a href="https://e.org/t">https://e.org/t</a>'],
            ["embed"],
        ),
        # Formulas
        ("<math><mfrac><mrow><mn>1</mn><mo>+</mo><mn>2</mn></mrow><mn>3</mn></mfrac></math>", ["(1 + 2)/3"], []),
        ("<math><mroot><mn>8</mn><mn>3</mn></mroot></math>", ["<sup>3</sup>√8"], []),
        ("<math><msqrt><mi>a</mi><mo>+</mo><mi>b</mi></msqrt></math>", ["√(a + b)"], []),
        ("<math><mover><mn>5</mn><mn>6</mn></mover></math>", ["5<sup>6</sup>"], []),
        ("<math><mmultiscripts><mi>X</mi><mn>1</mn><mn>2</mn></mmultiscripts></math>", ["X 1 2"], []),
        # Numbers of lists
        ('<ol reversed start="10"><li>a</li><li>b</li></ol>', [["from 10", "a", "b"]], ["numbering"]),
        ('<ol><li value="5">a</li><li>b</li></ol>', [["from 5", "a", "b"]], []),
        ('<ol><li>a</li><li value="9">b</li></ol>', [["from 1", "a", "b"]], ["numbering"]),
        # AMP
        (
            '<amp-img src="https://e.org/x.jpg"></amp-img><amp-audio src="x.mp3"></amp-audio>a',
            ["a"],
            ["picture", "audio"],
        ),
        (
            '<div><amp-soundcloud data-trackid="1"/><p>All the rest of the story.</p></div>',
            ["All the rest of the story."],
            ["object"],
        ),
        (
            '<amp-img src="a.jpg"><noscript><img src="a.jpg"></noscript></amp-img>'
            '<amp-video src="a.mp4"><div fallback><p>No film.</p></div></amp-video>a',
            ["a"],
            ["picture", "video"],
        ),
        ('<amp-twitter data-timeline-source-type="profile"></amp-twitter><p>a</p>', ["a"], ["object"]),
        ('<figure><oembed url="javascript:alert(1)"></oembed></figure><p>a</p>', ["a"], ["object"]),
        # Players that wait for a click
        (
            f'<lite-youtube videoid="GaLLeyHrb04"><a href="{VIDEO}" class="lty-playbtn">'
            '<span class="lyt-visually-hidden">Play Video: Keynote</span></a></lite-youtube>',
            [(VIDEO, None)],
            [],
        ),
        (
            '<div class="youtube-player" data-src="//www.youtube.com/embed/GaLLeyHrb04"><p>Play</p></div>',
            ["Play", (VIDEO, None)],
            [],
        ),
        (
            f'<div data-oembed-url="{VIDEO}"><p>A film</p><iframe src="{VIDEO}"></iframe></div>',
            ["A film", (VIDEO, None)],
            [],
        ),
        # Rails
        (
            '<p>Thanks <action-text-attachment sgid="x" content-type="application/vnd.actiontext.mention">'
            "<span>Ann Lee</span></action-text-attachment>!</p>",
            ["Thanks Ann Lee!"],
            [],
        ),
        (
            '<action-text-attachment content-type="application/pdf" url="https://e.org/a.pdf"></action-text-attachment>a',
            ["a"],
            ["object"],
        ),
    ],
)
def test_html_of_other_programs_comes_whole_or_is_said(html, blocks, left_out):
    assert brief(html) == (blocks, left_out)


def test_quotation_marks_are_those_of_the_story():
    assert brief("<p><q>так</q></p>", "uk") == (["«так»"], [])


@pytest.mark.parametrize(
    "tag", ["div", "b", "blockquote", "ul><li", "ul", "ol", "table><tr><td", "font", "figure", "math><mfrac", "q"]
)
def test_text_at_the_bottom_of_ten_thousand_elements_is_kept(tag):
    opened = f"<{tag}>" * 10_000

    assert "deep" in body_html(BodyField().run_validation(blocks_from_html(f"{opened}deep")))


@pytest.mark.parametrize(
    "text",
    ['<a href="#a">#</a>', "[/a-b]x", "[sic]x", "[x]a[/x]", "[video]", "[embed", "[embed]x", "a[x y=1]", "<![CDATA["],
)
def test_many_signs_and_words_in_brackets_are_read_in_little_time(text):
    started = time.process_time()
    blocks_from_html(text * 20_000)

    assert time.process_time() - started < 5


def test_looks_of_a_document_are_no_larger_than_it_is():
    looks, names = "x" * 200_000, "c1 " * 100_000
    started = time.process_time()
    blocks_from_html(f'<style>.c1{{font-weight:700;{looks}}}</style><b class="{names}doc-content">Bold.</b>')

    assert time.process_time() - started < 5


def test_items_of_a_thousand_levels_are_kept():
    items = "".join(
        f'<li class="OutlineElement" data-aria-level="{number}">item {number}</li>' for number in range(1000)
    )

    assert "item 999" in body_html(BodyField().run_validation(blocks_from_html(f"<ul>{items}</ul>")))


def test_a_picture_is_named_with_its_caption():
    with collecting() as notices:
        blocks_from_html('<figure><img src="https://e.org/q.jpg"><figcaption>The quay.</figcaption></figure>')

    assert [str(notice.text) for notice in notices] == ["A picture is left out: https://e.org/q.jpg, “The quay.”"]


@pytest.mark.parametrize(
    ("own", "below", "said"),
    [("A", "B", "A B"), ("B", "B", "B"), ("A", "", "A"), ("a&lt;br>&lt;b>b&lt;/b>", "", "a b")],
)
def test_a_caption_that_a_picture_has_itself_is_said_with_the_one_below_it(own, below, said):
    with collecting() as notices:
        html = f'<figure><img src="a.jpg" data-caption="{own}"><figcaption>{below}</figcaption></figure>'
        assert blocks_from_html(html) == []

    assert [str(notice.text) for notice in notices] == [f"A picture is left out: a.jpg, “{said}”"]


def test_captions_in_captions_are_read_as_words():
    html = "The quay"
    for _ in range(12):
        html = f'x<drupal-media data-caption="{escape(html)}"></drupal-media>'
    with collecting() as notices:
        [block] = blocks_from_html(html)

    assert (block["html"], [str(notice.text) for notice in notices]) == ("x", ["A picture is left out: “x”"])


def test_all_of_a_caption_is_said_in_one_line():
    words = " ".join(["word"] * 100)
    with collecting() as notices:
        blocks_from_html(f'<figure><img src="q\nq.jpg"><figcaption>{words}</figcaption></figure>')

    assert [str(notice.text) for notice in notices] == [f"A picture is left out: q q.jpg, “{words}”"]


@pytest.mark.parametrize(
    "html", ["a\ufffcb \uf0b7 c", "a\ufffcb <em>\uf0b7</em> c\x96d", "<strong>\x93a\x94</strong>", "\x93a\x94"]
)
def test_signs_of_word_and_windows_are_the_same_by_each_door(html):
    [block] = BodyField().run_validation([{"type": "paragraph", "html": html}])

    assert without_ids([block]) == without_ids(BodyField().run_validation(blocks_from_html(f"<p>{html}</p>")))
    assert blocks_from_html(editor_html([block], lambda block: {})) == [block]


def test_what_is_too_long_for_its_place_is_a_paragraph():
    words = " ".join(["word"] * 250)
    cells = "<tr><td>a</td><td>b</td></tr>"

    assert brief(f"<h2>{words}</h2>") == ([words], [])
    assert brief(f"<table><caption>{words}</caption>{cells}</table>") == ([words, table(["a", "b"])], [])
    assert brief(f"<figure><table>{cells}</table><figcaption>{words}</figcaption></figure>") == (
        [table(["a", "b"]), words],
        [],
    )


# Whatever the tree: all words come out that went in, in their order, and what came out stays as it is.

INLINE = ["strong", "b", "em", "i", "code", "sub", "sup", "s", "span", "u", 'a href="https://e.org/x"', "q", "cite"]
BLOCKS = ["p", "div", "section", "h2", "h3", "li", "ul", "ol", "blockquote", "table", "tr", "td", "th", "figure", "pre"]
BLOCKS += ["article", "dl", "dt", "dd", "caption", "figcaption", "details", "summary", "main", "address"]
WORDS = st.sampled_from(["alpha", "beta", "12", "1,204", "ünï", "x", "день"])
LEAVES = st.one_of(WORDS.map(lambda word: f" {word} "), st.sampled_from([" ", "\n", "\n\n", "&nbsp;", "<br>", "<hr>"]))


def elements(children):
    inner = st.lists(children, max_size=4).map("".join)
    return st.builds(lambda tag, text: f"<{tag}>{text}</{tag.split()[0]}>", st.sampled_from(INLINE + BLOCKS), inner)


TREES = st.lists(st.recursive(LEAVES, elements, max_leaves=14), max_size=4).map("".join)


PLAIN_INLINE = ["strong", "b", "em", "span", "u", "sup", 'a href="https://e.org/x"']
PLAIN_BLOCKS = ["p", "div", "section", "h2", "ul", "ol", "li", "blockquote", "figure", "figcaption", "pre", "article"]


def run_together(children):
    inner = st.lists(children, max_size=4).map("".join)
    tag = st.sampled_from(PLAIN_INLINE + PLAIN_BLOCKS)
    cells = st.lists(st.lists(inner, min_size=1, max_size=3), min_size=1, max_size=3)
    rows = cells.map(lambda rows: "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows))
    return st.one_of(
        st.builds(lambda tag, text: f"<{tag}>{text}</{tag.split()[0]}>", tag, inner),
        rows.map(lambda rows: f"<table>{rows}</table>"),
    )


UNPADDED = st.lists(st.recursive(st.one_of(WORDS, st.just(" ")), run_together, max_leaves=12), max_size=4).map("".join)


def words_seen(html):
    """The words of HTML, parted where a block begins or ends and nowhere else."""
    text = re.sub(r"</?(?:strong|b|em|span|u|sup|s|code|sub|i|a)(?: [^>]*)?>", "", html)
    return sorted(re.sub(r"<[^>]*>", " ", text).split())


@given(UNPADDED)
@settings(deadline=None, max_examples=300)
def test_no_door_loses_a_word_or_runs_two_together(html):
    blocks = BodyField().run_validation(blocks_from_html(html))

    assert [words_seen(clean_inline(html)), words_seen(clean_flow(html)), words_seen(body_html(blocks))] == [
        words_seen(html)
    ] * 3


@given(TREES)
@settings(deadline=None)
def test_what_was_written_stays_as_it_is_when_it_is_read_again(html):
    inline, flow = clean_inline(html), clean_flow(html)
    body = BodyField().run_validation(blocks_from_html(html))

    assert (inline_html(pieces_of(inline)), clean_flow(flow)) == (inline, flow)
    assert BodyField().run_validation(body) == body
    assert blocks_from_html(editor_html(body, lambda block: {})) == body
    assert without_ids(BodyField().run_validation(blocks_from_html(body_html(body)))) == without_ids(body)


@given(TREES)
@settings(deadline=None)
def test_html_that_passes_for_clean_is_what_reading_it_would_give(html):
    text = clean_inline(html)

    assert not is_clean(html) or inline_html(pieces_of(html)) == html
    assert not is_clean(text) or inline_html(pieces_of(text)) == text


def without_ids(blocks):
    return [{name: value for name, value in block.items() if name != "id"} for block in blocks]


@pytest.mark.parametrize(
    ("block", "words"),
    [
        ({"type": "quote", "html": "<p> </p>", "attribution": "Ann Ek"}, "Ann Ek"),
        ({"type": "pullquote", "html": "<script>x</script>", "attribution": "Ann Ek"}, "Ann Ek"),
        ({"type": "table", "rows": [["", " "]], "caption": "Votes by ward"}, "Votes by ward"),
    ],
)
def test_words_beside_a_text_that_is_empty_are_said(block, words):
    with collecting() as notices:
        assert BodyField().run_validation([block]) == []
    assert [str(said.text) for said in notices] == [f"A text is empty, and the words beside it are left out: {words}"]


def test_empty_blocks_without_words_are_nothing_to_speak_of():
    empty = [{"type": "quote", "html": "<p></p>"}, {"type": "paragraph", "html": ""}]
    with collecting() as notices:
        assert BodyField().run_validation(empty) == []
    assert notices == []
