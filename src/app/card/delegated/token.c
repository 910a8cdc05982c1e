/* SPDX-License-Identifier: Apache-2.0 */
/* The token of one command: from a file, a line a command, or made here. Stations 5 and 6. App. [GPCS C.4] */
#include "app/card/delegated/delegated.h"
#include "app/file/text_file.h"
#include "gp/command/describe.h"

/* The line of the file whose turn it is. */
static enum tsm_err from_file(struct card *c, struct bytes plain, struct writer *token)
{
    uint8_t room[TEXT_FILE_MAX];
    struct writer text = WRITER(room);
    struct bytes left, line;
    char command[GP_DESCRIBE_MAX];
    TRY(text_file_read(c->args->token, &text));
    left = written(&text);
    for (size_t n = 0; n <= c->tokens_used; n++)
        if (text_line(&left, &line) != TSM_OK) {
            gp_describe(plain, command, sizeof command);
            return FAIL(MISSING_FIELD, "%.60s has %zu tokens, none is left for %.100s", c->args->token, n,
                        command);
        }
    TRY(text_hex(line, token));
    c->tokens_used++;
    return TSM_OK;
}

static enum tsm_err make(struct card *c, struct bytes plain, struct writer *token)
{
    CARD_SIGNER s = {.name = NULL};
    TRY(card_signer_open(c, &c->args->token_key, &s));
    return s.name ? vault_make_token(c->ring.vault, card_signer_named(&s), plain, token)
                  : gp_token_make(&s.signer, plain, token);
}

enum tsm_err card_with_token(struct card *c, struct bytes plain, struct writer *with)
{
    uint8_t room[GP_TOKEN_MAX];
    struct writer token = WRITER(room);
    struct gp_token_command command;
    bool wanted = c->args->token || c->args->token_key.given;
    if (!wanted || gp_token_command_read(plain, &command) != TSM_OK) {
        err_clear();
        return write_span(with, plain);
    }
    TRY(c->args->token ? from_file(c, plain, &token) : make(c, plain, &token));
    return gp_token_put(plain, written(&token), with);
}
