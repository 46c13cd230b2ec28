"""A real MarianMT model of a few thousand weights that has learned some sentences by heart."""

from pathlib import Path
from typing import Any

WORDS = {
    "Трамп і Путін зустрінуться в Будапешті.": "Trump and Putin to meet in Budapest.",
    "Президенти США та Росії домовилися про переговори щодо завершення війни в Україні.": (
        "The presidents of the United States and Russia agreed on talks to end the war in Ukraine."
    ),
    "Володимир Зеленський прибуде до Вашингтона.": "Volodymyr Zelensky will arrive in Washington.",
    "Хліб у місті знову подорожчав.": "Bread in the city costs more again.",
    "Пекарі кажуть, що борошно стало дорожчим.": "The bakers say that flour has become dearer.",
}
"""What it can say, Ukrainian to English."""

CALL = ("Трамп і Путін зустрінуться в Будапешті.", " ".join(list(WORDS)[1:3]))
BREAD = tuple(list(WORDS)[3:5])
MARKS = ("<pad>", "</s>", "<unk>")


def save(folder: Path, *, steps: int = 80, **tokenizer: Any) -> Path:
    """Train on ``WORDS`` for a second (not at all with ``steps=0``) and save, as a hub's model is saved."""
    import torch
    from transformers import MarianConfig, MarianMTModel

    # Several threads on so little work only wait for each other.
    torch.set_num_threads(1)
    torch.manual_seed(7)
    fast = _tokenizer(**tokenizer)
    config = MarianConfig(
        vocab_size=len(fast),
        d_model=32,
        encoder_layers=1,
        decoder_layers=1,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=32,
        decoder_ffn_dim=32,
        max_position_embeddings=48,
        dropout=0.0,
        pad_token_id=0,
        eos_token_id=1,
        forced_eos_token_id=1,
        decoder_start_token_id=0,
    )
    model = MarianMTModel(config)
    if steps:
        _learn(model, fast, steps)
    model.generation_config.num_beams = 2
    model.save_pretrained(folder)
    fast.save_pretrained(folder)
    return folder


def _tokenizer(**more: Any) -> Any:
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    words = sorted({word for pair in WORDS.items() for text in pair for word in text.split()})
    whole = Tokenizer(models.WordLevel({word: at for at, word in enumerate((*MARKS, *words))}, unk_token="<unk>"))
    whole.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    whole.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    return PreTrainedTokenizerFast(
        tokenizer_object=whole, pad_token="<pad>", eos_token="</s>", unk_token="<unk>", model_max_length=48, **more
    )


def _learn(model: Any, fast: Any, steps: int) -> None:
    import torch

    source = fast(list(WORDS), padding=True, return_tensors="pt")
    target = fast(list(WORDS.values()), padding=True, return_tensors="pt")["input_ids"]
    wanted = target.masked_fill(target == 0, -100)
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.02)
    model.train()
    for _ in range(steps):
        optimizer.zero_grad()
        loss = model(input_ids=source["input_ids"], attention_mask=source["attention_mask"], labels=wanted).loss
        loss.backward()
        optimizer.step()
    model.eval()
