"""Talk that is no command: statements, small talk, questions and news, put together from lists.

Much of it is about homes, lights, doors, music and times, as that is what is mistaken for a
command most easily.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Mapping

_WHO = {
    "en": ("my sister", "our neighbour", "the teacher", "my boss", "grandpa", "the nurse", "Tom"),
    "zh-CN": ("我姐姐", "邻居", "老师", "我们老板", "爷爷", "护士", "小王", "他同事"),
    "ko": (
        "우리 언니는",
        "이웃집 사람은",
        "선생님은",
        "사장님은",
        "할아버지는",
        "민수는",
        "친구는",
    ),
}
_WHEN = {
    "en": ("yesterday", "last night", "on Sunday", "this morning", "a week ago", "before lunch"),
    "zh-CN": ("昨天", "昨晚", "星期天", "今天早上", "上个月", "前几天", "去年夏天"),
    "ko": ("어제", "어젯밤에", "일요일에", "오늘 아침에", "지난달에", "며칠 전에"),
}
_WHERE = {
    "en": ("in the kitchen", "at the office", "in the garden", "on the balcony", "downtown"),
    "zh-CN": ("厨房", "办公室", "花园", "阳台", "超市", "电影院", "客厅"),
    "ko": ("부엌에서", "사무실에서", "정원에서", "발코니에서", "시장에서", "거실에서"),
}
_THING = {
    "en": ("lamp", "door", "curtain", "radio", "heater", "window", "fan", "television", "clock"),
    "zh-CN": ("台灯", "门", "窗帘", "收音机", "空调", "窗户", "风扇", "电视", "闹钟"),
    "ko": ("스탠드", "문", "커튼", "라디오", "에어컨", "창문", "선풍기", "텔레비전", "시계"),
}
_HOW = {
    "en": ("too bright", "quite old", "really loud", "so warm", "far too dark", "rather cheap"),
    "zh-CN": ("太亮了", "很旧了", "特别吵", "挺暖和的", "有点暗", "不太贵"),
    "ko": ("너무 밝았어", "꽤 낡았어", "정말 시끄러웠어", "참 따뜻했어", "좀 어두웠어"),
}
_TOPIC = {
    "en": ("the match", "the election", "the weather on the coast", "that new film", "the exam"),
    "zh-CN": ("那场比赛", "那个选举", "海边的天气", "那部新电影", "这次考试", "他们的婚礼"),
    "ko": ("그 경기", "선거", "바닷가 날씨", "새 영화", "이번 시험", "결혼식"),
}
_FRAMES: Mapping[str, tuple[str, ...]] = {
    "en": (
        "{who} bought a {thing} {when}",
        "{when} {who} left the {thing} {where}",
        "the {thing} {where} was {how}",
        "do you remember the {thing} we had {where}",
        "{who} told me about {topic} {when}",
        "i have no idea what {who} thinks of {topic}",
        "what did {who} say about {topic}",
        "why is the {thing} {where} {how}",
        "the news said that {topic} surprised everybody {when}",
        "we talked about {topic} for an hour {where}",
        "{who} turned on the {thing} and went away",
        "somebody had closed the {thing} before {who} came",
        "i would never switch off the {thing} while {who} is {where}",
        "{who} always opens the {thing} when it is hot",
        "the lights went out {where} {when}",
        "{when} the music {where} was {how}",
        "it took {who} ten minutes to find the {thing}",
        "they set a date for {topic} {when}",
        "there is a {thing} in the story that {who} read",
        "did {who} really stop the {thing} {when}",
        "i think {topic} is more interesting than the {thing}",
        "how long has {who} worked {where}",
    ),
    "zh-CN": (
        "{who}{when}买了一个{thing}",
        "{when}{who}把{thing}忘在{where}了",
        "{where}的那个{thing}{how}",
        "你还记得我们{where}以前的{thing}吗",
        "{who}{when}跟我说了{topic}的事",
        "我不知道{who}怎么看{topic}",
        "{who}对{topic}说了什么",
        "为什么{where}的{thing}总是坏",
        "新闻说{topic}让大家都很意外",
        "我们在{where}聊{topic}聊了一个小时",
        "{who}打开{thing}就走了",
        "{who}来之前有人关了{thing}",
        "天热的时候{who}总是开着{thing}睡觉",
        "{when}{where}突然停电了",
        "{who}花了十分钟才找到{thing}",
        "{who}读的故事里有一个{thing}",
        "我觉得{topic}比{thing}有意思",
        "{who}在{where}工作多久了",
        "听说{who}的{thing}{when}被偷了",
        "{topic}结束以后我们去了{where}",
        "{who}说他家的灯{how}",
        "{when}下雨的时候{who}没关窗",
    ),
    "ko": (
        "{who} {when} {thing}{thing:을} 새로 샀어",
        "{when} {who} {where} 저녁을 먹었어",
        "그 {thing} {how}",
        "우리 {where} 쓰던 {thing} 기억나",
        "{who} {when} {topic} 이야기를 했어",
        "{who} {topic}에 대해 뭐라고 했어",
        "왜 {thing}{thing:이} 자꾸 고장 나는지 모르겠어",
        "뉴스에서 {topic} 결과가 놀랍다고 했어",
        "{where} {topic} 이야기를 한 시간이나 했어",
        "{who} {thing}{thing:을} 켜고 그냥 나갔어",
        "{who} 오기 전에 누가 {thing}{thing:을} 닫았더라",
        "{who} 더우면 항상 창문을 열고 자",
        "{when} 갑자기 정전이 됐어",
        "{who} {thing}{thing:을} 찾는 데 십 분 걸렸어",
        "{topic} 끝나고 나서 집에 왔어",
        "{who} {where} 얼마나 일했어",
        "나는 {topic}보다 책이 더 재미있어",
        "{who} 소설에 나오는 {thing} 이야기를 좋아해",
        "{when} 불이 꺼져서 무서웠어",
        "{who} {when} 문을 안 잠갔대",
        "{where} 음악 소리가 {how}",
        "{who} 오늘 늦게 퇴근한대",
    ),
}


def chatter(language: str, seed: int, count: int = 500) -> list[str]:
    """Different sentences that ask for nothing."""
    lists: dict[str, Mapping[str, tuple[str, ...]]] = {
        "who": _WHO,
        "when": _WHEN,
        "where": _WHERE,
        "thing": _THING,
        "how": _HOW,
        "topic": _TOPIC,
    }
    made: dict[str, None] = {}
    for frame in _FRAMES[language]:
        names = [name for name in lists if f"{{{name}" in frame]
        for words in itertools.product(*(lists[name][language] for name in names)):
            said = {name: _Word(word) for name, word in zip(names, words, strict=True)}
            made[frame.format(**said)] = None
    return random.Random(seed).sample(list(made), min(count, len(made)))


class _Word(str):
    """``{thing:을}`` is only the particle that fits, ``{thing}`` the word."""

    def __format__(self, spec: str) -> str:
        if not spec:
            return str(self)
        closed = (ord(self[-1]) - 0xAC00) % 28 != 0
        return spec if closed else {"을": "를", "이": "가"}[spec]
