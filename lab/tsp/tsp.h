/* SPDX-License-Identifier: Apache-2.0 */
/* `tsm-lab tsp`: a token service provider: card numbers in, tokens out, and their life. Shared by the files
 * of this folder. Edge. [EMV Payment Tokenisation, in words of our own] */
#ifndef LAB_TSP_TSP_H
#define LAB_TSP_TSP_H

#include <jansson.h>
#include <openssl/evp.h>
#include <stdbool.h>

enum { TSP_ANSWER_MAX = 16384, TSP_REFERENCE = 17 };

/* The tokens that were given; all of it is forgotten at the end of the program. */
struct tsp_book {
    EVP_PKEY *pair;     /* that card numbers are enciphered to */
    json_t *tokens;     /* reference -> {"token", "state"} */
    const char *status; /* what the next enrolments are answered: active, verify or declined */
};

/* ---- book.c ---- */

/* POST /tokens: the same card on the same device is the same token. Returns the HTTP status; `answer` is a
 * new reference, NULL without a body; *line is what the log says (no card number), a new reference. */
int tsp_enrol(struct tsp_book *book, const json_t *request, json_t **answer, json_t **line);
/* POST /tokens/REFERENCE/state. */
int tsp_state(struct tsp_book *book, const char *reference, const json_t *request, json_t **line);

int tsp_main(int argc, char **argv);

#endif
