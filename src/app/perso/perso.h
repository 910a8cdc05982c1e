/* SPDX-License-Identifier: Apache-2.0 */
/* What the verbs of `tsm perso` share: their command line, a document read, a card record for trials. App.
 * [docs/personalisation.md] */
#ifndef TSM_APP_PERSO_PERSO_H
#define TSM_APP_PERSO_PERSO_H

#include "emv/script/play.h"

enum perso_bearer { BY_AGENT, BY_MESSAGES };

struct perso_args {
    const char *file, *se, *card; /* card: a record in clear, for laboratory cards */
    long block, round_trip, segments;
    int bearer; /* enum perso_bearer */
    bool json;
    char **answer;
    int answers;
    uint8_t select[16]; /* selected on the card before the script begins; select_len 0: nothing */
    size_t select_len;
    json_t *inputs, *parameters;
    struct script_play play; /* holds --set */
};

/* Each gets the document; the cause is told by the caller. */
enum tsm_err perso_check(struct perso_args *a, struct bytes json);
enum tsm_err perso_estimate(struct perso_args *a, struct bytes json);
enum tsm_err perso_try(struct perso_args *a, struct bytes json);

/* file.c: a whole file, or what goes wrong. */
enum tsm_err perso_read_file(const char *path, struct writer *w);
/* A record of the usual lengths, or that of --card. */
enum tsm_err perso_record(const struct perso_args *a, struct card_record *out);

/* element.c: one software element over TCP, as the laboratory and vpcd speak: two octets of length, then the
 * octets. PEER_DOWN. */
enum tsm_err element_connect(const char *host_port, int *fd);
enum tsm_err element_ask(int fd, struct bytes command, struct writer *answer);

#endif
