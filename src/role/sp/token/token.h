/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A token in place of the card number: steps of orders whose flavor names a token service provider. The
 * order waits while the provider is asked in the lane of callbacks, again and again until its patience ends;
 * card number and token pass this role enciphered only. Stations 6 and 12. Role. [capability Y4]
 */
#ifndef TSM_ROLE_SP_TOKEN_TOKEN_H
#define TSM_ROLE_SP_TOKEN_TOKEN_H

#include "role/sp/process.h"
#include "role/sp/token/provider.h"

/* The flavor wants no token; the instance has none; the provider asked for no verification. */
bool needs_no_token(const struct turn *t);
bool needs_no_new_token(const struct turn *t); /* nor does the update personalise anew */
bool has_no_token(const struct turn *t);
bool token_is_active(const struct turn *t);

/* The card number becomes a token: the order's card data are replaced. */
enum tsm_err ask_token(struct turn *t, json_t **question);
enum tsm_err begin_token(struct turn *t, struct tx *tx);
enum tsm_err read_token(struct turn *t, const json_t *reply);
enum tsm_err keep_token(struct turn *t, struct tx *tx, const json_t *reply);
/* The token's provider is told what becomes of it. */
enum tsm_err begin_token_state(struct turn *t, struct tx *tx);
enum tsm_err read_token_state(struct turn *t, const json_t *reply);
enum tsm_err keep_token_state(struct turn *t, struct tx *tx, const json_t *reply);

#define TOKEN_STEP_UNLESS(skip)                                                                         \
    {                                                                                                   \
        .name = "TOKEN", .text = "the token service provider gave a token in place of the card number", \
        .station = 6, .commands = COMMAND_PERSONALISE, .absent = skip, .body = ask_token,               \
        .begin = begin_token, .read = read_token, .keep = keep_token, .event = -1                       \
    }
#define TOKEN_STEP TOKEN_STEP_UNLESS(needs_no_token)
#define TOKEN_STATE_STEP(skip)                                                                       \
    {                                                                                                \
        .name = "TOKEN_STATE", .text = "the token service provider knows what becomes of the token", \
        .station = 6, .absent = skip, .body = ask_token, .begin = begin_token_state,                 \
        .read = read_token_state, .keep = keep_token_state, .event = -1                              \
    }

#endif
