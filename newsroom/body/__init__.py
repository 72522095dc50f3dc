"""The body of a story: a flat list of typed blocks.

- blocks.py: the types, checked here for the desk, import and API alike; shapes.py: what was kept in another form once.
- conversion.py: HTML in, by one way for every door. reading.py reads a tree into pieces (pieces.py), whose text are
  lines (lines.py); elements.py is what an element says of itself, tables.py cells that span others, shortcodes.py words
  in square brackets, addresses.py where a link may lead, losses.py what is said of what cannot be kept.
- shown.py: the blocks that readers get; page.py: HTML out, for readers; editor.py: for the editor and back.
- words.py: how long it is.
- At the desk: form_field.py is a body in a form, widget.py its editor (the scripts are static/newsroom/editor*.js),
  cards.py what a card shows and where an editor finds it, reading_copy.py a body for those who may not write it;
  mending.py makes what an older release let in such that all of these can take it. Those stand above the models.
"""

from newsroom.body.blocks import BLOCKS, DESK_ONLY, BlockError, BlockSerializer, BodyField, FlowField, InlineField
from newsroom.body.conversion import blocks_from_html, clean_flow, clean_inline
from newsroom.body.editor import WRITTEN, editor_html
from newsroom.body.losses import in_short
from newsroom.body.page import body_html, figure
from newsroom.body.shapes import body_in_shape, in_shape
from newsroom.body.shown import free_blocks, shown_body
from newsroom.body.words import length, plain, text_of_body, texts_of, words

__all__ = [
    "BLOCKS",
    "DESK_ONLY",
    "WRITTEN",
    "BlockError",
    "BlockSerializer",
    "BodyField",
    "FlowField",
    "InlineField",
    "blocks_from_html",
    "body_html",
    "body_in_shape",
    "clean_flow",
    "clean_inline",
    "editor_html",
    "figure",
    "free_blocks",
    "in_shape",
    "in_short",
    "length",
    "plain",
    "shown_body",
    "text_of_body",
    "texts_of",
    "words",
]
