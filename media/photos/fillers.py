"""What cameras and programs write where a person's words belong. None of it is a caption, nor a name to be credited."""

import re

WORDS = {
    # cameras and telephones
    "sony dsc", "samsung", "samsung camera pictures", "exif_jpeg_picture", "exif jpeg picture", "dcim", "hellomoto",
    "my beautiful picture", "casio computer co.,ltd", "casio computer co.,ltd.", "dvc 10.1 hdmi", "scanner", "camera",
    "dji", "pentax image", "minolta dsc", "kodak digital still camera",
    # the scene, as Huawei's telephones note it
    "rhdr", "hdrpl", "oznorwo", "frontbhdp", "fbt", "rbt", "ptr", "fbthdr", "btr", "mon", "nor", "dav", "mde",
    "mde_soft", "edf", "btfmdn", "btf", "btfhdr", "frem", "oznor", "rpt", "burst", "sdr_hdrb", "cof", "qrf", "fshbty",
    "_cuva", "cuva", "rptnb", "smart", "hdr", "bsh", "rdn", "vhdr", "ozedf", "rhdrpl", "norwo", "nohdr",
    "sdr", "bty", "nfd", "fsh", "cof_soft", "edf_soft",
    # programs
    "binary comment", "iclarified", "picasa", "applemark", "picture", "photo", "image", "untitled", "unnamed", "scan",
    "screenshot", "screen shot", "x-default", "ascii", "unicode", "jpeg", "no comment", "hisilicon", "gimp",
    # nothing, in the words of programs and of forms that insist
    "null", "(null)", "<null>", "nil", "(none)", "(undefined)", "[object object]",
    "none", "undefined", "nan", "n/a", "default", "empty", "unknown", "unbekannt",
    "inconnu", "desconocido", "sconosciuto", "невідомо", "неизвестно", "description", "caption", "comment", "title",
    "image description", "artist", "author", "creator", "photographer", "copyright", "copyright holder", "user",
    "user name", "username", "owner", "owner name", "admin", "administrator", "your name", "test",
}  # fmt: skip
PROGRAMS = (
    r"(?:the )?(?:gimp|imlib|adobe|photoshop|lightroom|vsco|snapseed|picasa|acdsee|paint|canva|figma|sketch|inkscape|"
    r"imagemagick|graphicsmagick|libgd|gd-jpeg|irfanview|xnview|microsoft|windows|apple|iphone|google|instagram|prisma|"
    r"camera\+|hipstamatic|polarr|darktable|raw ?therapee|capture one|affinity|pixelmator|ffmpeg|lavc|photofiltre|"
    r"paint\.net|corel|paint shop|faststone|meitu|beautyplus|picsart|facetune|afterlight|pixlr|fotor|befunky|krita|"
    r"blender|matplotlib|jpegmini|ebay|rni films|retrica|photogrid|faceapp|b612|camscanner|"
    r"nero|ulead|ms office|android|opencv|pillow)"
)
ENDINGS = r"\.(?:jpe?g|jfif|png|gif|webp|avif|hei[cf]|tiff?|psd|bmp|dng|raw|arw|nef|cr[23w]|orf|rw2|raf|mov|mp4)"
DEVICES = (
    r"_?(?:(?:DSC[FNH_]?|IMG|MG|IMGP|MVC|PICT|CIMG|SANY|SAM|DJI|GOPR|GOPRO|GH|GX|GPX|PXL|VID|MVI|HPIM|KIF|CRW|DCP|EKEN|"
    r"SDC|STA|STB|WP|IMAG|FB_IMG|FILE|SCN|SCAN|IMAGE|PHOTO|PICTURE|FOTO|BILD|UNTITLED|SCREEN ?SHOT|BURST|SIGNAL|PANO|"
    r"RECEIVED|MVIMG|OI|LV|WHATSAPP IMAGE|VLCSNAP)[ _-]*\d"
    r"(?:\d|[ _.:()~-]|at|am|pm|wa|hdr|burst|cover|copy|edited)*|[PRSL]\d{6,})"
)
MAKERS = (
    r"(?:olympus|sanyo|ge|samsung|medion|jenoptik|nikon|lg|kodak|moultrie|konica|minolta|konica minolta|canon|fuji|"
    r"fujifilm|casio|panasonic|pentax|ricoh|hp|praktica|rollei|polaroid|vivitar|aiptek|benq)"
)
PATTERNS = [
    re.compile(pattern, re.I)
    for pattern in (
        r"\S*\bDCIM(?:[\\/]\S*)?",
        rf"(?:\S*[\\/])?(?:{DEVICES})(?:{ENDINGS})?",
        rf"[^\s.,;]+{ENDINGS}",
        rf"(?:file |image )?(?:created|made|edited|processed|generated|converted|written|saved|exported|optimi[sz]ed|"
        rf"compressed|resized|scanned|captured|produced) (?:with|by|in|using|on|from) {PROGRAMS}\b(?!['’]).{{0,100}}",
        r"\d{8}[ _-]\d{4,6}(?:[ _-]\w{1,12})*",  # the moment that a telephone calls its picture by
        r"(?:filter|module|sceneMode): ?\w{0,12}[;,] ?\w+: ?.*",
        r"creator: gd-jpeg.*",
        r"LEAD Technologies.*",
        r"JPEG Encoder Copyright.*",
        r"Intel\(R\) JPEG Library.*",
        r"Handmade Software.*",
        r"charset=\S*.*",
        r"exif[_ ]jpeg[_ ]\w+",
        r"<[^<>]{0,40}\bsamsung\b[^<>]{0,40}>",
        r"maker:\w*,date:.{0,40}",
        r"lav[cf]\d[\d.]*",
        r"FBMD[0-9a-f]{8,}",
        rf"(?:{MAKERS} )?digital (?:still |game |video )?camera",
    )
]
# A make, a model and so on in capitals: "GE DIGITAL CAMERA", "MINOLTA DIMAGE".
IN_CAPITALS = re.compile(
    r"(?:[A-Z0-9.<>/#&,-]+ ){0,4}DIGITAL (?:STILL |GAME |VIDEO )?CAMERA[A-Z0-9 .]*|MINOLTA\b[A-Z0-9 .-]{0,30}"
)


def is_filler(text: str) -> bool:
    """Whether nobody wrote this."""
    text = " ".join(text.replace("\0", " ").split())
    if text.lower() in WORDS or not any(char.isalnum() for char in text):
        return True
    return bool(IN_CAPITALS.fullmatch(text)) or any(pattern.fullmatch(text) for pattern in PATTERNS)
