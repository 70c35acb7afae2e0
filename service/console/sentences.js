// Sentences to begin with, each full of sounds that learners find hard.

export const ENGLISH = {
  th: "I think both of them are worth three thousand.",
  dh: "My brother and my mother would rather breathe there.",
  r_l: "The little red lorry rolled along the lower road.",
  v_w: "We have very heavy gloves for every wet winter.",
  s_sh: "She sees seven silver shells on the sunny shore.",
  ee_i: "Please fill this green tin with six big beans.",
  e_a: "Ten men had a bad bed and a red hat.",
  clusters: "Fresh strawberries and crisp toast are best at breakfast.",
  endings: "He walked, stopped, waited and watched the old clock.",
  stress: "A photograph is taken by a photographer who loves photography.",
  melody: "If it rains tomorrow, shall we stay at home, or take an umbrella?",
  everyday: "Could you tell me the way to the station, please?",
};

/** Mandarin: each tone, tones that change, and sounds that learners confuse. */
export const MANDARIN = {
  tone_1: "今天公司开车出发。",
  tone_2: "明年谁来学习？",
  tone_3: "我想买两把小雨伞。",
  tone_4: "现在去看电视。",
  sandhi: "你好，我也可以给你五本。",
  yi_bu: "一个人不去，一起去不一样。",
  neutral: "妈妈的朋友们在这儿吗？",
  zh_z: "这只紫色的纸杯是他自己做的。",
  sh_x: "小石先生喜欢上学。",
  j_q: "七月九日去北京。",
  u_yu: "女儿路上遇到了绿色的鱼。",
  n_ng: "今天晚上风很大，请关上窗。",
};
