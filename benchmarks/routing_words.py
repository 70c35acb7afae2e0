"""The words that were looked at while the skills were made, in two halves.

Each list is cut in two: every other entry is of the one half, the rest of the other. A list with
only one wording has it in both.
"""

from __future__ import annotations

from benchmarks.routing_home import Forms, Lists, Mess, Words
from skills.plan import Kind

_ROOMS: tuple[Words, ...] = (
    ("kitchen", "厨房", "부엌"),
    ("bedroom", "卧室", "침실"),
    ("living room", "客厅", "거실"),
    ("bathroom", "浴室", "욕실"),
    ("office", "办公室", "사무실"),
    ("study", "书房", "서재"),
    ("hallway", "走廊", "복도"),
    ("dining room", "餐厅", "식당"),
    ("guest room", "客房", "손님방"),
    ("nursery", "儿童房", "아이방"),
    ("basement", "地下室", "지하실"),
    ("attic", "阁楼", "다락방"),
    ("laundry room", "洗衣房", "세탁실"),
    ("pantry", "储藏室", "창고"),
    ("balcony", "阳台", "발코니"),
    ("library", "图书室", "도서실"),
)
_LIGHTS: tuple[Words, ...] = (
    ("ceiling light", "吸顶灯", "천장등"),
    ("floor lamp", "落地灯", "스탠드"),
    ("wall light", "壁灯", "벽등"),
    ("reading lamp", "阅读灯", "독서등"),
    ("night light", "夜灯", "무드등"),
    ("desk lamp", "台灯", "책상등"),
    ("spotlight", "射灯", "스포트라이트"),
    ("chandelier", "水晶灯", "샹들리에"),
)
_SWITCHES: tuple[Words, ...] = (
    ("coffee maker", "咖啡机", "커피 머신"),
    ("kettle", "电水壶", "전기 주전자"),
    ("heater", "取暖器", "히터"),
    ("air purifier", "空气净化器", "공기청정기"),
    ("humidifier", "加湿器", "가습기"),
    ("printer", "打印机", "프린터"),
    ("dishwasher", "洗碗机", "식기세척기"),
    ("water pump", "水泵", "물펌프"),
)
_FANS: tuple[Words, ...] = (("tower fan", "塔扇", "타워팬"), ("table fan", "风扇", "선풍기"))
_COVERS: tuple[tuple[Words, str], ...] = (
    (("curtain", "窗帘", "커튼"), "curtain"),
    (("blinds", "百叶窗", "블라인드"), "blind"),
    (("awning", "遮阳棚", "어닝"), "awning"),
    (("shutters", "卷帘", "셔터"), "shutter"),
)
_DOORS: tuple[tuple[Words, Kind, str | None], ...] = (
    (("front door", "前门", "현관문"), Kind.LOCK, None),
    (("garage door", "车库门", "차고 문"), Kind.COVER, "garage"),
    (("back door", "后门", "뒷문"), Kind.LOCK, None),
    (("garden gate", "花园门", "정원 문"), Kind.COVER, "gate"),
)
# {n} is the name of a device, {a} of a room, {v} a number.
_ON: Forms = {
    "en": ("turn on the {n}", "switch on the {n}", "turn the {n} on", "switch the {n} on"),
    "zh-CN": ("打开{n}", "把{n}打开", "开启{n}", "将{n}打开"),
    "ko": ("{n} 켜줘", "{n} 켜 주세요", "{n:를} 켜줘", "{n:를} 켜 주세요"),
}
_OFF: Forms = {
    "en": ("turn off the {n}", "switch off the {n}", "turn the {n} off", "switch the {n} off"),
    "zh-CN": ("关掉{n}", "把{n}关掉", "关闭{n}", "将{n}关闭"),
    "ko": ("{n} 꺼줘", "{n} 꺼 주세요", "{n:를} 꺼줘", "{n:를} 꺼 주세요"),
}
_BRIGHT: Forms = {
    "en": (
        "set the {n} to {v} percent",
        "dim the {n} to {v} percent",
        "set the brightness of the {n} to {v} percent",
        "set the {n} brightness to {v} percent",
    ),
    "zh-CN": ("把{n}的亮度调到百分之{v}", "{n}亮度调到百分之{v}"),
    "ko": ("{n} 밝기 {v}퍼센트로 해줘", "{n} 밝기를 {v}퍼센트로 맞춰줘"),
}
_OPEN: Forms = {
    "en": ("open the {n}", "please open the {n}"),
    "zh-CN": ("打开{n}", "把{n}打开"),
    "ko": ("{n} 열어줘", "{n:를} 열어 주세요"),
}
_CLOSE: Forms = {
    "en": ("close the {n}", "shut the {n}"),
    "zh-CN": ("关上{n}", "把{n}关上"),
    "ko": ("{n} 닫아줘", "{n:를} 닫아 주세요"),
}
_LOCK: Forms = {
    "en": ("lock the {n}", "please lock the {n}"),
    "zh-CN": ("锁上{n}", "把{n}锁上"),
    "ko": ("{n} 잠가줘", "{n:를} 잠가 주세요"),
}
_UNLOCK: Forms = {
    "en": ("unlock the {n}", "please unlock the {n}"),
    "zh-CN": ("解锁{n}", "把{n}解锁"),
    "ko": ("{n} 열어줘", "{n:를} 열어 주세요"),
}
_ROOM_ON: Forms = {
    "en": ("turn on the lights in the {a}", "turn on the {a} lights"),
    "zh-CN": ("打开{a}的灯", "把{a}的灯打开"),
    "ko": ("{a} 불 켜줘", "{a} 불 켜 주세요"),
}
_ROOM_OFF: Forms = {
    "en": ("turn off the lights in the {a}", "turn the {a} lights off"),
    "zh-CN": ("关掉{a}的灯", "把{a}的灯关掉"),
    "ko": ("{a} 불 꺼줘", "{a} 불을 꺼 주세요"),
}
_IS_ON: Forms = {
    "en": ("is the {n} on", "is the {n} turned on"),
    "zh-CN": ("{n}开着吗", "{n}是开着的吗"),
    "ko": ("{n} 켜져 있어", "{n} 켜져 있니"),
}
_IS_LOCKED: Forms = {
    "en": ("is the {n} locked",),
    "zh-CN": ("{n}锁了吗", "{n}锁着吗"),
    "ko": ("{n} 잠겨 있어",),
}
_TIMER: Forms = {
    "en": ("set a timer for {v} minutes", "start a {v} minute timer"),
    "zh-CN": ("设置一个{v}分钟的计时器", "设一个{v}分钟的倒计时"),
    "ko": ("{v}분 타이머 맞춰줘", "{v}분 타이머 시작해줘"),
}
_TIME: Forms = {
    "en": ("what time is it", "tell me the time"),
    "zh-CN": ("现在几点", "现在几点了"),
    "ko": ("지금 몇 시야", "지금 몇 시예요"),
}
MESSES = {
    "en": Mess(
        openers=("um", "uh", "okay so", "hey", "well", "alright", "oh", "so um", "yeah"),
        between=("um", "uh", "like", "you know", "er", "please", "just", "actually"),
        closers=("please", "thanks", "for me", "now", "thank you", "will you", "okay"),
        function=frozenset("the to in of a is for".split()),
    ),
    "zh-CN": Mess(
        openers=("嗯", "那个", "呃", "请", "麻烦你", "帮我", "就是", "能不能"),
        between=("嗯", "呃", "那个"),
        closers=("吧", "好吗", "谢谢", "一下", "可以吗", "啊"),
        function=frozenset("把的将了"),
    ),
    "ko": Mess(
        openers=("음", "저기", "어", "자", "그", "있잖아", "저"),
        between=("음", "어", "좀", "그"),
        closers=("요", "부탁해"),
        function=frozenset(("를", "을", "로")),
    ),
}


def development(half: int) -> Lists:
    """One half of the words, 0 or 1."""

    def of(forms: Forms) -> Forms:
        return {language: texts[half::2] or texts for language, texts in forms.items()}

    return Lists(
        rooms=_ROOMS[half::2],
        lights=_LIGHTS[half::2],
        switches=_SWITCHES[half::2],
        fans=_FANS[half : half + 1],
        covers=_COVERS[half::2],
        doors=_DOORS[2 * half : 2 * half + 2],
        on=of(_ON),
        off=of(_OFF),
        bright=of(_BRIGHT),
        open=of(_OPEN),
        close=of(_CLOSE),
        lock=of(_LOCK),
        unlock=of(_UNLOCK),
        room_on=of(_ROOM_ON),
        room_off=of(_ROOM_OFF),
        is_on=of(_IS_ON),
        is_locked=of(_IS_LOCKED),
        timer=of(_TIMER),
        time=of(_TIME),
        messes=MESSES,
    )
