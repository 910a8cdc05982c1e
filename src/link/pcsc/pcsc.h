/* SPDX-License-Identifier: Apache-2.0 */
/* A card in a reader of this machine: readers listed, one chosen, commands carried. Station 9. Edge: pcscd.
 * [PC/SC Workgroup Part 5, ISO 7816-3 12] */
#ifndef TSM_LINK_PCSC_PCSC_H
#define TSM_LINK_PCSC_PCSC_H

#include "base/bytes.h"

enum { PCSC_READERS_MAX = 16, PCSC_NAME_MAX = 127, PCSC_ATR_MAX = 33, PCSC_ANSWER_MAX = 65536 + 2 };

struct pcsc_reader {
    char name[PCSC_NAME_MAX + 1];
    bool has_card;
};
struct pcsc_readers {
    size_t n;
    struct pcsc_reader at[PCSC_READERS_MAX];
};

/* The readers of this machine in pcscd's order, which is what an index counts, from 0. No reader is no
 * failure. PEER_DOWN when pcscd does not run. */
enum tsm_err pcsc_list(struct pcsc_readers *out);
/*
 * The one that `which` means: an index in digits, a name, or a part of one name. NOT_FOUND (the cause lists
 * the readers), CONFLICT when a part fits several.
 */
enum tsm_err pcsc_choose(const struct pcsc_readers *readers, const char *which, size_t *index);

struct pcsc;
/*
 * Connects to the card in this reader and begins a transaction: no other program comes between our commands.
 * PEER_DOWN without a card or pcscd, BUSY when another program holds the reader. Owned by the caller.
 */
enum tsm_err pcsc_open(const char *reader, struct pcsc **out);
/* Ends the transaction. A reset ends any secure channel that is still open on the card. NULL is legal. */
void pcsc_close(struct pcsc *p, bool reset);
struct bytes pcsc_atr(const struct pcsc *p); /* borrowed */

/*
 * Carries one command and appends the whole answer, data and status word, to `joined`: 61xx and 6Cxx are
 * followed here, below secure messaging (gp/apdu/transport.h). TIMED_OUT or PEER_DOWN when the answer is
 * lost: whether the card has executed the command is not known then.
 */
enum tsm_err pcsc_exchange(struct pcsc *p, struct bytes capdu, struct writer *joined);

#endif
