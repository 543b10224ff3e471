/** As the authors ask to be cited. */
export const BIBTEX = `@misc{ming2025oceanr1,
  author       = {Lingfeng Ming and Yadong Li and Song Chen and Jianhua Xu and Zenan Zhou and Weipeng Chen},
  title        = {Ocean-R1: An Open and Generalizable Large Vision-Language Model enhanced by Reinforcement Learning},
  howpublished = {\\url{https://github.com/VLM-RL/Ocean-R1}},
  year         = {2025}
}`;
