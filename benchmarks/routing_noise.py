"""What microphones, recognisers and people do to a sentence, and talk that is no command."""

from __future__ import annotations

import random
import re
from functools import cache

from pypinyin import lazy_pinyin

from benchmarks.routing_home import Mess

_IMPERATIVE = {
    "en": re.compile(
        r"(?:turn|switch|power|put|shut|kill|set|dim|change|bring|make|adjust|open|get|close|pull"
        r"|lock|unlock|start|give|tell|pop|flip|knock|cut|take|make|time|count)\b"
    ),
    # Everything but a question.
    "zh-CN": re.compile(
        r"(?!.*(?:吗|没有?|有没有.*|是不是.*|几点.*|什么.*|[关锁]没.*|我想.*|给我.*)$)"
    ),
    "ko": re.compile(
        r".*(?:줘|줘요|줄래요?|주세요|주라|켜|꺼|끄자|열어|닫아|잠가|타이머|\d분|놔|봐|켜자|[열닫]자|그자|맞춰|시작)$"
    ),
}
"""What goes after "could you maybe"."""
_GAPS = re.compile(
    r"(?<=[把将])|(?<=打开)|(?<=关掉)|(?<=关上)|(?<=关闭)|(?<=开启)|(?<=锁上)|(?<=调[到成])"
)
"""Where a speaker of Mandarin pauses."""
_OTHER_WORDS = (
    "apple banana river table yellow window paper monday doctor music garden never because under "
    "people water number children mountain story letter before father school right write light "
    "lock clock look chicken kitten hello mother cold gold lawn down corner fun van door four "
    "floor to one want turned hurt it at an and or here there then than off of on".split()
)

_CHATTER_EN = """\
i told him the kitchen looked great with the new lights
did you see the game last night it was amazing
she said she would turn up around eight but never did
the door was open when we got home yesterday
my brother works at the office until six every day
we should switch to a different internet provider
he set the table and then we all sat down to eat
i am going to close the deal on friday hopefully
could you pass me the salt and the pepper please
the curtain falls at the end of the second act
they are playing outside with the neighbour's dog
i think the heater at my mother's place is broken again
what do you want for dinner tonight maybe pasta
it is so warm in here i can hardly breathe
the movie was about a man who lived in a lighthouse
he never remembers to call the dentist on mondays
nobody knows how long the meeting is going to last
you turn left at the traffic light and go straight on
the fan club meets every thursday in the library
stop it that tickles you are being silly now
she locked herself out of the car twice this week
i read a book about the history of the bedroom
time flies when you are having fun doesn't it
let's set off early so that we miss the traffic
the lamp in that painting is painted very well
lights camera action said the director and laughed
my alarm clock did not go off this morning
what a lovely garden you have so many flowers
he opened the window because it was getting hot
the temperature outside is supposed to drop tonight
I was in the bathroom when the phone rang
we bought a new lamp for the living room last week
can you believe how bright the moon is tonight
grandma always leaves the hall light on at night
it took twenty minutes to get to the office
she turned off the road and stopped beside the lake"""
_CHATTER_ZH = """\
我昨天在厨房做了一顿大餐
他说卧室的灯很漂亮
你看昨天晚上的球赛了吗
我妈妈下午要来看我们
门开着的时候猫跑出去了
这本书讲的是一个灯塔的故事
今天晚上吃什么好呢
我们上周买了一个新的台灯
孩子们在客厅里玩游戏
会议大概要开一个小时
他每天六点才下班回家
你在前面的红绿灯左转
这里太热了我快受不了了
我忘记锁车了怎么办
她关上门就走了
电影院的灯突然灭了
明天记得给医生打电话
这个颜色看起来很温暖
时间过得真快啊
我喜欢坐在阳台上看书
窗帘的花纹很好看
他把手机落在办公室了
外面的温度好像下降了
请大家打开课本第五页
打开心扉和他好好聊聊"""
_CHATTER_KO = """\
어제 부엌에서 저녁을 만들었어
침실 조명이 참 예쁘다고 했어
어젯밤 경기 봤어 정말 대단했어
엄마가 오후에 우리 집에 오신대
문이 열려 있어서 고양이가 나갔어
이 책은 등대에 대한 이야기야
오늘 저녁에 뭐 먹을까
지난주에 새 스탠드를 샀어
아이들이 거실에서 놀고 있어
회의가 한 시간쯤 걸릴 거야
그는 여섯 시에 퇴근해
신호등에서 왼쪽으로 가면 돼
여기 너무 더워서 힘들다
차 문을 안 잠근 것 같아
그녀는 문을 닫고 나갔어
극장의 불이 갑자기 꺼졌어
내일 치과에 전화해야 해
이 색은 따뜻해 보인다
시간이 정말 빨리 간다
발코니에서 책 읽는 걸 좋아해
커튼 무늬가 마음에 들어
휴대폰을 사무실에 두고 왔어
밖의 온도가 내려간 것 같아
모두 책을 펴고 읽어 보세요"""
CHATTER = {"en": _CHATTER_EN, "zh-CN": _CHATTER_ZH, "ko": _CHATTER_KO}


def fillers(text: str, language: str, pick: random.Random, mess: Mess) -> str | None:
    """Words that fill pauses, and politeness, in one to three places."""
    gap = "" if language == "zh-CN" else " "
    command = _IMPERATIVE[language].match(text) is not None
    how = pick.choice(("begin", "middle", "end", "both", "all"))
    said = text
    if how in ("middle", "all"):
        said = _paused(text, language, pick, mess)
    if how in ("begin", "both", "all"):
        said = pick.choice(mess.openers + mess.requests * command) + gap + said
    if how in ("end", "both"):
        end = pick.choice(mess.closers + mess.thanks * command)
        joint = "" if end == "요" else gap
        said = said if end == "요" and said.endswith(end) else f"{said}{joint}{end}"
    return None if said == text else said.strip()


def _paused(text: str, language: str, pick: random.Random, mess: Mess) -> str:
    """With a filler in the middle."""
    if language == "zh-CN":
        at = [found.start() for found in _GAPS.finditer(text)]
        n = pick.choice(at) if at else 0
        return text[:n] + pick.choice(mess.between) + text[n:] if n else text
    words = text.split()
    if len(words) > 2:
        words.insert(pick.randrange(1, len(words)), pick.choice(mess.between))
    return " ".join(words)


def function_word_dropped(text: str, language: str, pick: random.Random, mess: Mess) -> str | None:
    """Without one word that carries little."""
    if language == "ko":
        words = text.split()
        particles = tuple(mess.function)
        at = [n for n, word in enumerate(words) if word.endswith(particles)]
        if not at:
            return None
        n = pick.choice(at)
        words[n] = "" if words[n] in particles else words[n][:-1]
        return " ".join(filter(None, words))
    parts = list(text) if language == "zh-CN" else text.split()
    at = [n for n, part in enumerate(parts) if part in mess.function]
    return _without(parts, at, language, pick)


def word_dropped(text: str, language: str, pick: random.Random, mess: Mess) -> str | None:
    """Without one word, or character, whichever."""
    parts = list(text) if language == "zh-CN" else text.split()
    return _without(parts, list(range(len(parts))), language, pick)


def word_substituted(text: str, language: str, pick: random.Random, mess: Mess) -> str | None:
    """With another word, or character, in the place of one."""
    if language == "en":
        words = text.split()
        words[pick.randrange(len(words))] = pick.choice(_OTHER_WORDS)
        changed = " ".join(words)
    elif language == "zh-CN":
        n = pick.randrange(len(text))
        changed = text[:n] + pick.choice(_common()) + text[n + 1 :]
    else:
        at = [n for n, char in enumerate(text) if "가" <= char <= "힣"]
        n = pick.choice(at)
        # One letter of one syllable is wrong.
        code = ord(text[n]) - 0xAC00
        step = pick.choice((28 * pick.randrange(1, 21), 588 * pick.randrange(1, 19)))
        changed = text[:n] + chr(0xAC00 + (code + step) % 11172) + text[n + 1 :]
    return None if changed == text else changed


def homophone(text: str, language: str, pick: random.Random, mess: Mess) -> str | None:
    """Mandarin with one character in the place of another that sounds the same."""
    if language != "zh-CN":
        return None
    at = [n for n, char in enumerate(text) if len(_same_sound().get(_sound(char), "")) > 1]
    if not at:
        return None
    n = pick.choice(at)
    others = [char for char in _same_sound()[_sound(text[n])] if char != text[n]]
    return text[:n] + pick.choice(others) + text[n + 1 :]


NOISES = {
    "fillers": fillers,
    "function word dropped": function_word_dropped,
    "word dropped": word_dropped,
    "word substituted": word_substituted,
    "homophone": homophone,
}


def _without(parts: list[str], at: list[int], language: str, pick: random.Random) -> str | None:
    if not at or len(parts) < 2:
        return None
    n = pick.choice(at)
    return ("" if language == "zh-CN" else " ").join(parts[:n] + parts[n + 1 :])


@cache
def _common() -> str:
    """The 3,755 commonest Chinese characters: level 1 of GB 2312."""
    rows = range(0xB0, 0xD8)
    codes = (bytes((row, cell)) for row in rows for cell in range(0xA1, 0xFF))
    return "".join(code.decode("gb2312", "ignore") for code in codes)


def _sound(char: str) -> str:
    return lazy_pinyin(char)[0]


@cache
def _same_sound() -> dict[str, str]:
    found: dict[str, str] = {}
    for char in _common():
        found[_sound(char)] = found.get(_sound(char), "") + char
    return found
