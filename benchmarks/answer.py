"""One process that answers and says how much memory that took at its peak: what ``coldstart`` starts and times.

Each way imports only what it needs, after the process has begun: the imports are part of what is measured.
"""

import json
import sys
from collections.abc import Sequence

from benchmarks.machine import cores, peak_megabytes

TITLE = "Zelensky asks Trump for Tomahawks"
TEXT = "The Ukrainian president arrives in Washington on Friday, an aide said in Kyiv."


def main(arguments: Sequence[str]) -> None:
    match arguments:
        case ["ours"]:
            ours()
        case ["ours-many", number]:
            ours_many(int(number))
        case ["zero-shot"]:
            zero_shot()
        case ["pipeline", folder]:
            pipeline(folder)
        case ["spacy", folder]:
            spacy(folder)
        case ["save-pipeline", folder]:
            save_pipeline(folder)
        case ["save-spacy", folder]:
            save_spacy(folder)
        case _:
            raise SystemExit(f"python -m benchmarks.answer: {list(arguments)} is no way to answer. See this file.")
    print(json.dumps({"megabytes": peak_megabytes()}), flush=True)


def ours() -> None:
    from benchmarks.material import model_folder
    from monitor.records.articles import Article
    from monitor.understand.model import OnnxClassifier
    from monitor.understand.reader import Reader

    reader = Reader(OnnxClassifier(model_folder()))
    (findings,) = reader.understand([Article(id="first", title=TITLE, text=TEXT)])
    assert findings.topics


def ours_many(number: int) -> None:
    """So many articles of the mix, whole, on a session for each core."""
    from benchmarks.material import articles, model_folder
    from monitor.understand.model import OnnxClassifier
    from monitor.understand.reader import Reader

    assert Reader(OnnxClassifier(model_folder(), sessions=cores())).understand(articles(number))


def zero_shot() -> None:
    """The first peer with both its models; they are made, not loaded, so that only the memory means anything."""
    from benchmarks.peers import LENGTH, zero_shot_and_tags

    zero_shot_and_tags(cores())([LENGTH])


def pipeline(folder: str) -> None:
    import transformers

    found = transformers.pipeline("token-classification", model=folder, tokenizer=folder)(f"{TITLE}\n\n{TEXT}")
    assert isinstance(found, list)


def spacy(folder: str) -> None:
    import spacy as library

    assert len(library.load(folder)(f"{TITLE}\n\n{TEXT}"))


def save_pipeline(folder: str) -> None:
    """Write the peer's folder: bert-base with random weights, and our tokenizer, which is of the same kind."""
    from transformers import BertConfig, BertForTokenClassification, PreTrainedTokenizerFast

    from benchmarks.material import model_folder

    BertForTokenClassification(BertConfig(num_labels=9)).save_pretrained(folder)
    names = {"cls_token": "[CLS]", "sep_token": "[SEP]", "pad_token": "[PAD]", "unk_token": "[UNK]"}
    vocabulary = str(model_folder() / "tokenizer.json")
    PreTrainedTokenizerFast(tokenizer_file=vocabulary, **names).save_pretrained(folder)


def save_spacy(folder: str) -> None:
    from benchmarks.peers import small_english

    small_english().to_disk(folder)


if __name__ == "__main__":
    main(sys.argv[1:])
