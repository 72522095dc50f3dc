"""What is published, in the forms of others: made from readers' JSON, at the request.

- jsonld.py: schema.org, for search engines; ninjs.py: IPTC's form, for other newsrooms; incoming.py: the way in.
- markdown.py: plain text with the signs of Markdown; mail.py: HTML as mail programs show it.
- marks.py: a line of HTML as the text and the marks it is made of; around.py: what is asked besides an item's JSON.
"""
