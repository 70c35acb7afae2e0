"""The real loading and decoding code of transformers, on small random models made on the spot.

What they say is nonsense; that it has the right form, and that errors are clear, is what counts.
"""

from __future__ import annotations

import json
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from speech.audio import RATE
from speech.errors import EngineError, EngineMissingError, ModelError, ModelMissingError
from speech.recognition.transformers import TransformersRecognizer

needs_torch = pytest.mark.skipif(
    find_spec("torch") is None or find_spec("transformers") is None,
    reason="the extra is not installed: pip install 'sonorant[transformers]'",
)
# The library warns of its own affairs (deprecations, random weights), which are not ours to judge.
pytestmark = pytest.mark.filterwarnings("default")

NOISE = np.random.default_rng(5).normal(0, 0.1, 2 * RATE).astype(np.float32)


@pytest.fixture(scope="module")
def ctc(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import torch
    import transformers

    torch.manual_seed(1)
    folder = tmp_path_factory.mktemp("ctc")
    letters = ["<pad>", "<s>", "</s>", "<unk>", "|", *"abcdefghij"]
    (folder / "letters.json").write_text(json.dumps({one: n for n, one in enumerate(letters)}))
    tokenizer = transformers.Wav2Vec2CTCTokenizer(str(folder / "letters.json"))
    features = transformers.Wav2Vec2FeatureExtractor(return_attention_mask=True)
    transformers.Wav2Vec2Processor(features, tokenizer).save_pretrained(folder)
    config = transformers.Wav2Vec2Config(
        vocab_size=len(letters),
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        conv_dim=(16,) * 7,
        num_conv_pos_embeddings=16,
        num_conv_pos_embedding_groups=4,
        pad_token_id=0,
    )
    model = transformers.Wav2Vec2ForCTC(config)
    with torch.no_grad():
        # Let the letters win over the blank, so that something is said.
        model.lm_head.weight.normal_(0, 5)
        model.lm_head.bias[:4] = -1_000
    model.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def whisper(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import torch
    import transformers
    from tokenizers import Tokenizer, models, pre_tokenizers

    torch.manual_seed(1)
    folder = tmp_path_factory.mktemp("whisper")
    letters = {letter: number for number, letter in enumerate("abcdefghijklmnop")}
    tokenizer = Tokenizer(models.BPE(vocab=letters, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.save(str(folder / "plain.json"))
    fast = transformers.WhisperTokenizerFast(
        tokenizer_file=str(folder / "plain.json"),
        unk_token="a",
        bos_token="<|endoftext|>",
        eos_token="<|endoftext|>",
    )
    features = transformers.WhisperFeatureExtractor()
    transformers.WhisperProcessor(features, fast).save_pretrained(folder)
    end = fast.convert_tokens_to_ids("<|endoftext|>")
    config = transformers.WhisperConfig(
        vocab_size=len(fast),
        d_model=16,
        encoder_layers=1,
        decoder_layers=1,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=16,
        decoder_ffn_dim=16,
        max_target_positions=20,
        pad_token_id=end,
        bos_token_id=end,
        eos_token_id=end,
        decoder_start_token_id=end,
        suppress_tokens=None,
        begin_suppress_tokens=None,
    )
    transformers.WhisperForConditionalGeneration(config).save_pretrained(folder)
    return folder


@needs_torch
def test_ctc_says_words_with_times_and_confidences(ctc: Path) -> None:
    recognizer = TransformersRecognizer(ctc, language="en")
    assert recognizer.capabilities.word_times
    assert not recognizer.capabilities.n_best
    stream = recognizer.stream()
    partials = [stream.feed(part) for part in np.array_split(NOISE, 20)]
    assert 1 <= sum(partial is not None for partial in partials) <= 4
    final = stream.finish()
    assert final.text
    assert [word.word for word in final.words] == final.text.split()
    for word in final.words:
        assert 0 <= (word.start or 0.0) < (word.end or 0.0) <= 2.0
        assert 0 < (word.confidence or 0.0) <= 1


@needs_torch
def test_whisper_answers_with_the_n_best(whisper: Path) -> None:
    recognizer = TransformersRecognizer(whisper, alternatives=3)
    assert recognizer.capabilities.n_best
    stream = recognizer.stream(partials=False)
    assert stream.feed(NOISE) is None
    stream.anticipate()
    final = stream.finish()
    assert final.text
    assert 1 <= len(final.alternatives) <= 3
    assert final.alternatives[0].text == final.text
    assert all(0 <= (other.confidence or 0.0) <= 1 for other in final.alternatives)
    single = TransformersRecognizer(whisper, alternatives=1).stream()
    single.feed(NOISE)
    assert single.finish().alternatives == ()


@needs_torch
def test_short_long_and_finished_utterances(ctc: Path) -> None:
    recognizer = TransformersRecognizer(ctc)
    stream = recognizer.stream(partials=False)
    stream.feed(NOISE[:100])
    assert stream.finish().text == ""
    with pytest.raises(EngineError, match="is over"):
        stream.feed(NOISE)
    with pytest.raises(EngineError, match="longer than the 30 s"):
        recognizer.stream(partials=False).feed(np.zeros(31 * RATE, np.float32))


@needs_torch
def test_a_model_that_is_not_there_is_not_downloaded() -> None:
    with pytest.raises(ModelMissingError, match="neither a folder nor in the cache"):
        TransformersRecognizer("nobody/nothing")


@needs_torch
def test_a_folder_that_is_no_speech_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot be opened"):
        TransformersRecognizer(tmp_path)
    (tmp_path / "config.json").write_text('{"model_type": "bert"}')
    with pytest.raises(ModelError, match="is a bert model"):
        TransformersRecognizer(tmp_path)


@needs_torch
@pytest.mark.parametrize("name", ["model.safetensors", "config.json", "vocab.json"])
def test_a_damaged_model_is_named(ctc: Path, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "damaged"
    shutil.copytree(ctc, folder)
    (folder / name).write_bytes(b"\x93 cut short")
    with pytest.raises(ModelError, match="damaged cannot be opened by transformers"):
        TransformersRecognizer(folder)


@pytest.mark.parametrize("missing", ["torch", "transformers"])
def test_without_the_extra_the_error_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, missing: str
) -> None:
    if missing == "transformers" and find_spec("torch") is None:
        pytest.skip("torch is not installed, so transformers is not asked for")
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(EngineMissingError, match=rf"needs {missing}: pip install 'sonorant"):
        TransformersRecognizer(tmp_path)
