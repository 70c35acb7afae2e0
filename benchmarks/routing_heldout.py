"""Words that nobody may look at failures of: only for measuring.

They were committed before any sentence of them was ever put to the router. Whoever changes the
skills because of what is measured on them must write new ones, and move these to those that were
seen (``routing_formerly``).
"""

from __future__ import annotations

from benchmarks.routing_home import Lists, Mess
from skills.plan import Kind

_MESSES = {
    "en": Mess(
        openers=(
            "uh",
            "okay",
            "um so",
            "oh hey",
            "right then",
            "hang on",
            "ooh",
            "alright",
            "so yeah",
            "hm",
            "ah",
            "well",
        ),
        requests=(
            "would you mind if we",
            "could you please",
            "can you quickly",
            "would you",
            "please just",
            "be a love and",
            "quickly",
            "i need you to",
        ),
        between=("uh", "um", "just", "like", "please", "sort of", "er", "you know"),
        closers=("please", "thanks a lot", "thank you", "now", "yeah", "cheers"),
        thanks=(
            "for me please",
            "if that's okay",
            "when you have a second",
            "would you please",
            "quickly",
            "as soon as you can",
            "for a bit",
            "will you",
        ),
        function=frozenset("the to in of a is for my me at you some i that if".split()),
    ),
    "zh-CN": Mess(
        openers=(
            "呃",
            "嗯嗯",
            "诶那个",
            "喂",
            "哦对了",
            "那什么",
            "好吧",
            "来",
            "嘿",
            "我说",
            "然后",
            "哎呀",
        ),
        requests=(
            "请",
            "麻烦",
            "帮忙",
            "能帮我",
            "可不可以帮我",
            "你给我",
            "赶紧",
            "我想请你",
            "劳驾",
        ),
        between=("呃", "那个", "就是", "嗯"),
        closers=("哦", "啊", "谢谢你", "嘛"),
        thanks=("吧", "可以吗", "行吗", "好吧", "啦", "多谢", "麻烦你了", "快点", "能行吗"),
        function=frozenset("把的了给是着下个"),
    ),
    "ko": Mess(
        openers=(
            "어",
            "음",
            "저",
            "아 그",
            "저기 있잖아",
            "자 이제",
            "아 참",
            "근데",
            "잠깐만",
            "얘",
            "그럼",
            "어 그래",
        ),
        requests=("죄송한데", "미안하지만", "가능하면", "어서", "빨리 좀", "지금 바로", "혹시"),
        between=("어", "음", "그", "좀", "저기", "이제", "빨리"),
        closers=("어", "지금", "고마워요", "응"),
        thanks=("부탁드려요", "부탁할게", "빨리", "얼른", "좀"),
        function=frozenset(("를", "을", "로", "에", "는", "은", "이", "가", "좀", "으로")),
    ),
}

HELD_OUT = Lists(
    rooms=(
        ("conservatory", "玻璃房", "온실"),
        ("landing", "楼梯间", "계단참"),
        ("mudroom", "门厅", "중문"),
        ("media room", "影音室", "영화방"),
        ("guest bathroom", "客卫", "손님 욕실"),
        ("breakfast nook", "早餐角", "아침 식탁"),
        ("wine cellar", "酒窖", "와인방"),
        ("patio", "天井", "마당"),
        ("twins room", "双胞胎房", "쌍둥이 방"),
    ),
    lights=(
        ("wardrobe light", "衣柜灯", "옷장등"),
        ("corner lamp", "角灯", "코너등"),
        ("sconces", "墙灯", "벽부등"),
        ("salt lamp", "盐灯", "소금램프"),
        ("island light", "岛台灯", "아일랜드등"),
        ("piano lamp", "钢琴灯", "피아노등"),
    ),
    switches=(
        ("air fryer", "空气炸锅", "에어프라이어"),
        ("towel rail", "毛巾架", "수건 건조대"),
        ("fountain", "喷泉", "분수"),
        ("water heater", "热水器", "온수기"),
        ("dryer", "烘干机", "건조기"),
    ),
    fans=(("pedestal fan", "立扇", "스탠드 선풍기"), ("extractor fan", "排风扇", "환기팬")),
    covers=(
        (("velvet curtains", "丝绒窗帘", "벨벳 커튼"), "curtain"),
        (("skylight blind", "天窗帘", "천창 블라인드"), "blind"),
    ),
    doors=(
        (("porch door", "门廊门", "베란다 문"), Kind.LOCK, None),
        (("shed door", "棚屋门", "헛간 문"), Kind.LOCK, None),
        (("side gate", "边门", "옆 대문"), Kind.COVER, "gate"),
        (("big garage", "大车库", "큰 차고"), Kind.COVER, "garage"),
    ),
    on={
        "en": (
            "turn the {n} on",
            "switch on my {n}",
            "pop the {n} on",
            "i want the {n} on",
            "let's have the {n} on",
            "put on the {n}",
            "get the {n} going",
            "can you turn that {n} on",
        ),
        "zh-CN": (
            "打开{n}",
            "{n}打开一下",
            "把{n}开了",
            "我想开{n}",
            "{n}给我开一下",
            "把{n}开起来",
            "帮忙开下{n}",
        ),
        "ko": (
            "{n} 켜줘",
            "{n} 켜줄래요",
            "{n} 켜 놔",
            "{n:를} 켜 봐",
            "{n} 좀 틀어줘",
            "{n} 켜자",
            "{n} 좀 켜줄 수 있어",
        ),
    },
    off={
        "en": (
            "turn the {n} off",
            "switch off the {n}",
            "knock the {n} off",
            "shut down the {n}",
            "i want the {n} off",
            "the {n} can go off",
            "turn that {n} off",
            "cut the {n}",
        ),
        "zh-CN": (
            "关掉{n}",
            "把{n}关一下",
            "把{n}关上",
            "{n}给我关了",
            "关了{n}",
            "我想关{n}",
            "把{n}关掉吧",
        ),
        "ko": (
            "{n} 꺼줘",
            "{n} 꺼 놔",
            "{n:를} 꺼 봐",
            "{n} 좀 꺼",
            "{n} 이제 꺼줘",
            "{n} 꺼버려",
            "{n} 꺼도 돼",
        ),
    },
    bright={
        "en": (
            "set the {n} at {v} percent",
            "put the {n} on {v} percent",
            "give me {v} percent on the {n}",
            "i want the {n} at {v} percent",
            "take the {n} to {v} percent",
            "change the {n} to {v} percent",
            "dim my {n} to {v} percent",
            "{v} percent on the {n}",
        ),
        "zh-CN": (
            "{n}调到百分之{v}",
            "把{n}调成百分之{v}",
            "{n}亮度百分之{v}",
            "把{n}开到百分之{v}",
            "{n}亮度给我调到百分之{v}",
            "把{n}的亮度改成百分之{v}",
        ),
        "ko": (
            "{n} {v}퍼센트로 맞춰",
            "{n} 밝기 {v}퍼센트",
            "{n:를} {v}퍼센트로 켜줘",
            "{n} 밝기를 {v}퍼센트로 바꿔줘",
            "{n} {v}퍼센트로 조절해줘",
        ),
    },
    open={
        "en": (
            "open the {n}",
            "let's open the {n}",
            "i want the {n} open",
            "can you open my {n}",
            "pull the {n} open",
        ),
        "zh-CN": ("打开{n}", "{n}开一下", "把{n}打开", "帮我把{n}开开", "开{n}"),
        "ko": ("{n} 열어줘", "{n} 열어 봐", "{n:를} 열자", "{n} 좀 열어"),
    },
    close={
        "en": (
            "close the {n}",
            "shut my {n}",
            "can we close the {n}",
            "i'd like the {n} closed",
            "get the {n} closed",
        ),
        "zh-CN": ("关上{n}", "{n}关上", "把{n}关好", "把{n}关了", "关{n}"),
        "ko": ("{n} 닫아줘", "{n} 닫아 놔", "{n:를} 닫자", "{n} 좀 닫아"),
    },
    lock={
        "en": ("lock the {n}", "make sure you lock the {n}", "i want the {n} locked"),
        "zh-CN": ("锁上{n}", "把{n}锁起来", "{n}锁上", "帮我锁{n}", "锁好{n}"),
        "ko": ("{n} 잠가줘", "{n} 잠가 놔", "{n} 좀 잠가", "{n:를} 잠그자"),
    },
    unlock={
        "en": ("unlock the {n}", "could you unlock my {n}", "i need the {n} unlocked"),
        "zh-CN": ("解锁{n}", "{n}解锁", "把{n}的锁开了", "开{n}的锁"),
        "ko": ("{n} 잠금 풀어줘", "{n} 잠금 해제", "{n} 열어줄래", "{n:를} 잠금 해제해줘"),
    },
    room_on={
        "en": (
            "turn on the {a} lights",
            "lights on in the {a}",
            "let's have some light in the {a}",
            "put the {a} lights on",
            "i need some light in the {a}",
            "can we get the lights on in the {a}",
        ),
        "zh-CN": (
            "打开{a}的灯",
            "{a}灯打开",
            "{a}开下灯",
            "把{a}的灯全打开",
            "开{a}灯",
            "给{a}开个灯",
        ),
        "ko": (
            "{a} 불 켜줘",
            "{a} 불 켜 놔",
            "{a}에 불 좀 켜",
            "{a} 등 켜줘",
            "{a} 조명 다 켜줘",
            "{a} 불 켜자",
        ),
    },
    room_off={
        "en": (
            "turn off the {a} lights",
            "lights out in the {a}",
            "get the lights off in the {a}",
            "knock off the lights in the {a}",
            "switch all the {a} lights off",
            "i want the {a} lights off",
        ),
        "zh-CN": (
            "关掉{a}的灯",
            "{a}灯关了",
            "{a}关下灯",
            "把{a}的灯全关掉",
            "关{a}灯",
            "给{a}关个灯",
        ),
        "ko": (
            "{a} 불 꺼줘",
            "{a} 불 꺼 놔",
            "{a}에 불 좀 꺼",
            "{a} 등 꺼줘",
            "{a} 조명 다 꺼줘",
            "{a} 불 끄자",
        ),
    },
    is_on={
        "en": (
            "is the {n} on",
            "is the {n} running",
            "have i left the {n} on",
            "can you check if the {n} is on",
            "is that {n} still on",
            "tell me if the {n} is on",
        ),
        "zh-CN": (
            "{n}开着没",
            "{n}是不是还开着",
            "{n}开了吗",
            "看看{n}开着没有",
            "{n}现在开着吗",
            "{n}关没关",
        ),
        "ko": (
            "{n} 켜져 있니",
            "{n} 꺼져 있어",
            "{n} 지금 켜져 있어",
            "{n} 켜져 있는지 봐줘",
            "{n} 켜졌나",
        ),
    },
    is_locked={
        "en": (
            "is the {n} locked",
            "have i locked the {n}",
            "can you check the {n} is locked",
            "is my {n} still locked",
        ),
        "zh-CN": ("{n}锁没锁", "{n}锁着吗", "{n}锁好没有", "看看{n}锁了没有"),
        "ko": ("{n} 잠겨 있니", "{n} 잠갔나", "{n} 잠겨 있는지 봐줘", "{n} 잠겼지"),
    },
    timer={
        "en": (
            "set a timer for {v} minutes",
            "i need a {v} minute timer",
            "set the timer to {v} minutes",
            "start the timer for {v} minutes",
            "count down {v} minutes",
            "time {v} minutes for me",
        ),
        "zh-CN": (
            "计时{v}分钟",
            "开始{v}分钟倒计时",
            "定时{v}分钟",
            "来个{v}分钟的计时器",
            "设{v}分钟计时",
        ),
        "ko": (
            "{v}분 타이머 시작",
            "{v}분 재줘",
            "타이머 {v}분으로 맞춰줘",
            "{v}분짜리 타이머 켜줘",
            "{v}분 타이머 해줘",
        ),
    },
    time={
        "en": ("what time is it", "what's the time now", "tell me what time it is"),
        "zh-CN": ("现在几点啦", "几点了现在", "看一下现在几点", "现在是什么时间"),
        "ko": ("몇 시야 지금", "지금 몇 시지", "시간 좀 알려줘", "지금 시각 알려줘"),
    },
    messes=_MESSES,
    numbers=range(3, 100),
)
"""A home, wordings and fillers that share little with those of the other lists."""

_TALK_EN = """\
she popped the kettle on and told us everything
let's have lunch on the patio if the sun comes out
we had the fan on all night and still couldn't sleep
it's too dark to see the path after six
he wants the lights on when he reads to the twins
i need some light reading for the train
get going or we'll miss the bus
they cut the ribbon and opened the new library
can we have pasta again on thursday
i'd like the blue one closed the other one left open
make sure the parcel is signed for
we knocked off early because of the heat
you left the gate open and the dog got out
give me fifty percent of the profit and i'm in
take the stairs to the second floor
the garage said the car would be ready by noon
put the milk in the fridge before it turns
hoover up the crumbs after yourself please
what's it like outside asked the patient
how warm is it in lisbon at christmas i wonder
count the spoons and tell me how many are missing
set the plates out i'm bringing the salad
shut up and deal the cards
the dryer ate another one of my socks
lock and load he shouted in that old film
the whole street lit up for the festival
time flies when you're washing up
crank the handle and the bucket comes up
bring the chairs down from the loft on your way
fire up the barbecue the guests are here
i want the truth and i want it now
kill two birds with one stone as they say
leave the door on the latch she always said
turn the page and read the next bit
the curtain goes up at half past seven
have you checked that the tickets are for friday
she said she would open up to me one day
switch seats with me i can't see the screen
that lamp was on sale for twenty pounds
we were running the water for the plants"""
_TALK_ZH = """\
他一开灯就看见了那只老鼠
我们打算把客卫重新装修
姐姐的钢琴弹得特别好
热水器修了三次还是漏水
她把自己关在房间里不出来
车库里停着两辆自行车
开完会我们去吃火锅
这灯关了三年才有人来修
关键是你有没有把话说清楚
你说他到底锁没锁车
喷泉旁边有很多鸽子
爸爸开着灯睡着了
开玩笑的你别当真
百分之九十的人都答错了
天井里种了一棵石榴树
烘干机里的袜子又少了一只
毛巾挂在架子上晾干
这道题给我讲一遍
墙上的灯影晃来晃去
他打开冰箱拿了一瓶汽水
妹妹想开一家花店
立冬以后天就黑得早了
两分钟以后公交车就来了
我把空气炸锅送给邻居了
把门关好以后我们才敢说话
灯一灭大家都叫了起来
老板让我把音响搬到楼下
调到新部门以后他更忙了
现在的年轻人几点睡觉
把钱包锁在抽屉里最安全
酒窖里的温度常年不变
你帮我看看这个字怎么念
她开心得一晚上没睡
他昨天关了店回老家了
窗帘的颜色跟沙发不配
门廊的台阶有点滑
我定时去医院检查身体
谁知道那家店还开不开
把灯笼挂高一点会更好看
楼梯间里堆满了纸箱"""
_TALK_KO = """\
불 켜고 자면 잠이 잘 안 온대
온실에 토마토를 심었어
피아노 소리가 옆집까지 들려
건조기에서 양말이 또 없어졌어
엄마가 문 열어 줄 때까지 기다렸어
마당에서 고기 구워 먹자
소금을 너무 많이 넣었나 봐
사람들 구십 퍼센트가 틀렸대
분수 옆에 비둘기가 많더라
그 사람 마음의 문을 닫았어
열 시에 만나기로 했는데 안 왔어
계단에서 넘어져서 다리를 다쳤어
텔레비전 켜 놓고 나가면 전기세 나와
아빠가 불 끄라고 소리를 질렀어
옷장 정리하다가 사진을 찾았어
온수기 고치는 데 얼마나 들까
삼 분이면 라면이 다 익어
선풍기 바람이 너무 세서 추웠어
쌍둥이가 방에서 싸우고 있어
커튼 색이 소파랑 안 어울려
가게 문을 닫고 고향에 내려갔대
문 잠그는 걸 또 깜빡했지
지금 몇 시인지도 모르고 놀았어
불이 나서 소방차가 왔대
영화 보다가 잠들어 버렸어
창문을 열어 두면 모기가 들어와
차고에 자전거가 두 대 있어
시험 시간이 오십 분밖에 안 돼
회사에서 에어컨을 너무 세게 틀어
조명이 예쁜 카페를 찾았어
와인은 어두운 데 보관해야 한대
잠겨 있는 줄 알고 그냥 왔어
수건 좀 더 사야겠다
아침 식탁에 꽃을 놓았더라
눈을 감고 열까지 세어 봐
그 노래 다시 들으니까 좋다
손님들이 다 가고 나니 조용하네
대문 앞에 택배가 와 있더라
켜 놓은 촛불 때문에 불날 뻔했어
버스가 이십 분이나 늦게 왔어"""
TALK = {"en": _TALK_EN, "zh-CN": _TALK_ZH, "ko": _TALK_KO}
"""That is no command, although it sounds of lights, doors and times."""
