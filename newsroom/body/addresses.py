"""Where a link leads: to the page itself, without who counts the clicks on it, and never into the desk."""

import re
from functools import lru_cache
from urllib.parse import parse_qs, unquote, urlsplit, urlunsplit

from django.conf import settings

ADDRESS = re.compile(r"(?:https?:)?//\S+")  # and nothing else, where it stands alone
SCHEMES = ("http", "https", "mailto")
TRACKING = re.compile(
    r"""(?:amp;)*(?:
        utm_\w+ | hsa_\w+ | mtm_\w+ | pk_(?:campaign|kwd|source|medium|content|cid) | matomo_\w+
      | fbclid | fb_(?:action_ids|action_types|source|ref) | gclid | gclsrc | dclid | gbraid | wbraid | srsltid
      | msclkid | yclid | ysclid | twclid | ttclid | li_fat_id | igshid | igsh | epik | rdt_cid | sccid | scid
      | _openstat
      | mc_[ce]id | mkt_tok | _hsenc | _hsmi | __hs\w+ | hsctatracking | vero_(?:conv|id) | oly_(?:anon|enc)_id
      | wickedid | rb_clickid | s_kwcid | _ga | _gl | _branch_match_id | _bta_[ct]id | trk_(?:contact|msg|module|sid)
      | dm_i | ml_subscriber(?:_hash)? | ref_src | ref_url | guce_referrer(?:_sig)? | guccounter
      | ns_(?:campaign|mchannel|source|linkname|fee) | wt_?(?:mc|zmc)(?:[._]\w+)? | icid | cmpid | ito | xtor
      | at_(?:campaign|medium)
    )""",
    re.VERBOSE | re.IGNORECASE,
)
OF_SHARING = {  # parameters that say who shared it, at hosts where the same name means nothing else
    "youtu.be": {"si", "feature", "pp"},
    "youtube.com": {"si", "feature", "pp", "ab_channel"},
    "open.spotify.com": {"si"},
    "twitter.com": {"s", "t"},
    "x.com": {"s", "t"},
    "instagram.com": {"hl"},
}
# Pages that only lead on to another: the host, the path, and the parameters that name the other.
REDIRECTS = (
    (re.compile(r"(?:www\.)?google\.[a-z]{2,3}(?:\.[a-z]{2})?"), re.compile(r"/url"), ("q", "url")),
    (re.compile(r"\w+\.safelinks\.protection\.outlook\.com"), re.compile(r"/.*"), ("url",)),
    (re.compile(r"lm?\.facebook\.com"), re.compile(r"/l\.php"), ("u",)),
    (re.compile(r"l\.(?:instagram|messenger|workplace)\.com"), re.compile(r"/.*"), ("u",)),
    (re.compile(r"(?:www\.)?youtube\.com"), re.compile(r"/redirect"), ("q",)),
    (re.compile(r"slack-redir\.net"), re.compile(r"/link"), ("url",)),
    (re.compile(r"out\.reddit\.com"), re.compile(r"/.*"), ("url",)),
    (re.compile(r"(?:www\.)?linkedin\.com"), re.compile(r"/(?:redir/redirect|safety/go)/?"), ("url",)),
    (re.compile(r"t\.umblr\.com"), re.compile(r"/redirect"), ("z",)),
    (re.compile(r"medium\.com"), re.compile(r"/r/"), ("url",)),
    (re.compile(r"(?:m\.)?vk\.com"), re.compile(r"/away\.php"), ("to",)),
    (re.compile(r"steamcommunity\.com"), re.compile(r"/linkfilter/?"), ("url", "u")),
    (re.compile(r"(?:www\.)?getpocket\.com"), re.compile(r"/redirect"), ("url",)),
)
DESK = re.compile(r"/admin(?:/|$)")
DESK_PAGE = re.compile(r"/admin/(?:newsroom|media|publishing|auth)/\w+/")
IN_TEXT = re.compile(r"https?://[^\s<>\"\u00a0]+")
PATH = re.compile(r"/(?!/)[^\s<>\"\\]*")  # of our own front end: browsers take /\ for //
CONTROLS = re.compile(r"[\x00-\x20\x7f]+")
DEEPEST = 5  # redirects in redirects


def clean_address(address: str) -> str | None:
    """The address to link to; none for what is no address of the web or of a person."""
    cleaned = _cleaned(address)
    return None if cleaned and "/admin" in cleaned and is_of_the_desk(cleaned) else cleaned


def address_or_path(written: str) -> str | None:
    """The same, or a path of our own front end. What only looks like a path, and leads to another host, is neither."""
    if written.startswith("/") and not written.startswith("//"):  # that is an address of the web without its scheme
        return written if PATH.fullmatch(written) else None
    return clean_address(written)


@lru_cache(2000)
def _cleaned(address: str) -> str | None:
    address = CONTROLS.sub(lambda found: "" if found[0].strip(" ") else "%20", address.strip())
    if address.startswith("//"):
        address = f"https:{address}"
    for _ in range(DEEPEST):
        inner = _behind(address)
        if inner is None:
            break
        address = inner
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return None
    scheme = parts.scheme.lower()
    if scheme == "mailto":
        return address if "@" in parts.path else None
    return without_tracking(address) if scheme in SCHEMES and host else None


def is_of_the_desk(address: str) -> bool:
    """Whether a page is one of the desk's own, here or at another Galley."""
    parts = urlsplit(address)
    ours = {(urlsplit(settings.PUBLIC_URL).hostname or "").lower(), *settings.ALLOWED_HOSTS, "localhost", "127.0.0.1"}
    return bool(DESK_PAGE.match(parts.path) or (DESK.match(parts.path) and (parts.hostname or "") in ours))


def _behind(address: str) -> str | None:
    """The page that a page of a redirector leads to."""
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").lower()
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"}:
        return None
    if host == "urldefense.com" and (match := re.match(r"/v3/__(.+?)__;", parts.path + ";")):
        return match[1]
    if host == "href.li" and parts.query.startswith("http"):
        return parts.query
    if not parts.query:
        return None
    query = None
    for hosts, paths, names in REDIRECTS:
        if hosts.fullmatch(host) and paths.fullmatch(parts.path):
            query = query or parse_qs(parts.query.replace("&amp;", "&"))
            for name in names:
                if inner := query.get(name, [""])[0]:
                    return inner if inner.lower().startswith(("http://", "https://")) else None
    if host == "urldefense.proofpoint.com" and parts.path == "/v2/url":
        inner = parse_qs(parts.query).get("u", [""])[0]
        return unquote(inner.replace("-", "%").replace("_", "/")) or None
    return None


def without_tracking(address: str) -> str:
    """The address without the parameters that say who sent its reader, the rest to the byte as it was."""
    if "?" not in address and "#" not in address:
        return address
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").lower().removeprefix("www.").removeprefix("m.")
    except ValueError:
        return address
    query = _kept(parts.query, OF_SHARING.get(host, set()))
    fragment = _kept(parts.fragment, set()) if "=" in parts.fragment else parts.fragment
    if query == parts.query and fragment == parts.fragment:
        return address
    return urlunsplit(parts._replace(query=query, fragment=fragment))


def _kept(query: str, more: set[str]) -> str:
    told = query.split("&")
    return "&".join(part for part in told if not (TRACKING.fullmatch(name := part.split("=")[0]) or name in more))


def clean_text(text: str) -> str:
    """Text in which addresses stand without what counts their readers."""
    return IN_TEXT.sub(lambda found: without_tracking(found[0]), text)
