/* SPDX-License-Identifier: Apache-2.0 */
/* `tsm-lab bank`: a card issuer as service provider: orders, callbacks, cryptograms, and the story of the
 * demo. Edge. */
#ifndef LAB_BANK_BANK_H
#define LAB_BANK_BANK_H

enum bank_exit { BANK_RIGHT = 0, BANK_WRONG = 1, BANK_USAGE = 2 };

int bank_main(int argc, char **argv);

/* The verbs; argv[0] is the verb's name. */
int bank_encrypt_main(int argc, char **argv);
int bank_order_main(int argc, char **argv);
int bank_show_main(int argc, char **argv);
int bank_wait_main(int argc, char **argv);
int bank_verify_main(int argc, char **argv);
int bank_listen_main(int argc, char **argv);
int bank_spos_main(int argc, char **argv);
int bank_story_main(int argc, char **argv);

#endif
