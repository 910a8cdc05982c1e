/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of the handset with the TSM-API: elements, the app, a method with its arguments. Pure. */
#ifndef LAB_HANDSET_APP_WORDS_H
#define LAB_HANDSET_APP_WORDS_H

#include <opentsm_tsm_api.h>

#include "card/card.h"

enum { WORDS_MAX_SE = TSM_API_MAX_READERS, WORDS_MAX_ARGUMENTS = 2, WORDS_MAX_OWNED = TSM_API_MAX_PAIRS };

/* An element: "card", a card within this process, HOST:PORT, or pcsc:NAME. */
struct se_words {
    const char *address, *state, *iccid;
    char reader[TSM_API_MAX_NAME + 1];
    struct card_config card;
};

struct words {
    const char *url, *token_file, *ca, *caller_id, *journal, *get_token;
    unsigned retry_s, kill_at, cancel_at;
    bool json, verbose, refuse_start, unsound, help;
    struct se_words se[WORDS_MAX_SE];
    size_t n_se;
    const char *method, *arguments[WORDS_MAX_ARGUMENTS];
    size_t n_arguments;
    struct tsm_api_service_command commands[TSM_API_MAX_COMMANDS + 1];
    struct tsm_api_pair pairs[TSM_API_MAX_COMMANDS + 1][TSM_API_MAX_PAIRS];
    char *owned[WORDS_MAX_OWNED]; /* keys, and values that came from files */
    size_t n_commands, n_owned;
    bool finalize;
};

/* True when the words ask for the TSM-API and not for a bare SERAM session. */
bool words_ask_for_app(int argc, char **argv);
/* NULL, or what is wrong with the word in *at. Texts are borrowed from argv. */
const char *words_read(struct words *w, int argc, char **argv, const char **at);
void words_clear(struct words *w);

#endif
