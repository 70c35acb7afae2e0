// Sentences to begin with, each full of sounds that learners find hard.

export const SENTENCES = {
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
