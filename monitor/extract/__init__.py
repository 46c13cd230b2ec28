"""Page or feed entry in, article text out. Pure and synchronous: nothing here opens a file or a connection.

``pages.extract`` reads a fetched page, ``feedtext.from_feed`` an entry's own text, ``language.language_of`` tells what
a text is written in. Nothing is imported here: telling a language must not load the extractor.
"""
