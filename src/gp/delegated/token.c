/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens over commands. Stations 5 and 6. Pure. [GPCS C.4, Tables C-4 to C-10] */
#include "gp/delegated/token.h"

#include "gp/command/command.h"
#include "gp/delegated/dap.h"

enum { INPUT_HEAD_MAX = 5, INPUT_ROOM = GP_TOKEN_INPUT_MAX + INPUT_HEAD_MAX, SHORT_LENGTH_MAX = 0xFF };

enum tsm_err gp_token_input(uint8_t p1, uint8_t p2, struct bytes data, struct writer *w)
{
    struct writer at = *w;
    NEED(data.len <= APDU_DATA_MAX, TOO_LONG);
    TRY(write_u8(&at, p1));
    TRY(write_u8(&at, p2));
    if (data.len <= SHORT_LENGTH_MAX)
        TRY(write_u8(&at, (unsigned)data.len));
    else
        TRY(write_u24(&at, (uint32_t)data.len));
    TRY(write_span(&at, data));
    *w = at;
    return TSM_OK;
}

static enum tsm_err write_data(const struct gp_token_command *c, struct writer *w)
{
    return c->ins == INS_INSTALL ? install_data_write(&c->install, INSTALL_WHOLE, w)
                                 : delete_data_write(&c->deletion, w);
}

static struct apdu header_of(const struct gp_token_command *c)
{
    struct apdu a = {.cla = CLA_GP, .ins = c->ins};
    if (c->ins == INS_INSTALL) {
        a.p1 = c->install.p1;
        a.p2 = c->install.p2;
    } else {
        a.p2 = c->deletion.related ? DELETE_P2_RELATED : 0;
    }
    return a;
}

enum tsm_err gp_token_command_write(const struct gp_token_command *c, struct writer *capdu)
{
    uint8_t room[INPUT_ROOM + GP_TOKEN_MAX];
    struct writer data = WRITER(room);
    struct apdu a = header_of(c);
    TRY(write_data(c, &data));
    a.data = written(&data);
    return apdu_write(&a, capdu);
}

/* The data field up to the token, as it is written here. */
static enum tsm_err data_before_token(const struct gp_token_command *c, struct writer *data)
{
    struct gp_delete bare = c->deletion;
    if (c->ins == INS_INSTALL)
        return install_data_write(&c->install, INSTALL_BEFORE_TOKEN, data);
    bare.token = BYTES_NONE;
    return delete_data_write(&bare, data);
}

enum tsm_err gp_token_command_input(const struct gp_token_command *c, struct writer *w)
{
    uint8_t room[GP_TOKEN_INPUT_MAX];
    struct writer data = WRITER(room);
    struct apdu a = header_of(c);
    TRY(data_before_token(c, &data));
    return gp_token_input(a.p1, a.p2, written(&data), w);
}

/* Another coding of the same fields would be another token on the card. */
static enum tsm_err check_coding(const struct gp_token_command *c, struct bytes wire)
{
    uint8_t room[GP_TOKEN_INPUT_MAX];
    struct writer data = WRITER(room);
    struct bytes same;
    TRY(data_before_token(c, &data));
    if (bytes_part(wire, 0, data.len, &same) != TSM_OK || !bytes_equal(same, written(&data)))
        return FAIL(BAD_VALUE, "the command codes a length or an order otherwise than it is signed");
    return TSM_OK;
}

enum tsm_err gp_token_command_read(struct bytes capdu, struct gp_token_command *out)
{
    struct apdu a;
    struct gp_token_command c = {0};
    TRY(apdu_read(capdu, &a));
    c.ins = a.ins;
    if (a.ins == INS_INSTALL && a.p1 != INSTALL_FOR_PERSONALIZATION)
        TRY(install_read(a.p1, a.p2, a.data, &c.install));
    else if (a.ins == INS_DELETE && a.p1 == 0 && (a.p2 & ~DELETE_P2_RELATED) == 0)
        TRY(delete_read(a.p2, a.data, &c.deletion));
    else
        return FAIL(BAD_VALUE, "command %02X with P1 %02X takes no token", a.ins, a.p1);
    TRY(check_coding(&c, a.data));
    *out = c;
    return TSM_OK;
}

/* The token binds the code by its hash: without one it would permit any load file of that AID, with a weak
 * one it would be weaker than its scheme [Table C-3]. */
static enum tsm_err need_hash(const struct gp_signer *s, const struct gp_token_command *c)
{
    bool loads =
        c->ins == INS_INSTALL && (c->install.p1 & INSTALL_FOR_LOAD) && c->install.p2 != INSTALL_P2_END;
    if (loads && c->install.hash.len == 0)
        return FAIL_FIELD(MISSING_FIELD, "hash", "a load token needs the hash of the load file data block");
    return loads ? lfdb_hash_fits(s, c->install.hash) : TSM_OK;
}

static enum tsm_err need_no_token(struct gp_token_command *c)
{
    return gp_token_of(c)->len ? FAIL(CONFLICT, "the command bears a token already") : TSM_OK;
}

static enum tsm_err need_token(struct gp_token_command *c)
{
    if (gp_token_of(c)->len == 0)
        return FAIL_FIELD(MISSING_FIELD, "token", "the command bears no token");
    return TSM_OK;
}

enum tsm_err gp_token_make(const struct gp_signer *s, struct bytes capdu, struct writer *token)
{
    uint8_t room[INPUT_ROOM];
    struct writer input = WRITER(room);
    struct gp_token_command c;
    struct bytes part;
    TRY(gp_token_command_read(capdu, &c));
    TRY(need_no_token(&c));
    TRY(need_hash(s, &c));
    TRY(gp_token_command_input(&c, &input));
    part = written(&input);
    return gp_signature_write(s, &part, 1, token);
}

enum tsm_err gp_token_put(struct bytes capdu, struct bytes token, struct writer *with)
{
    struct gp_token_command c;
    NEED(token.len > 0 && token.len <= GP_TOKEN_MAX, BAD_LENGTH);
    TRY(gp_token_command_read(capdu, &c));
    TRY(need_no_token(&c));
    *gp_token_of(&c) = token;
    return gp_token_command_write(&c, with);
}

enum tsm_err gp_token_check(const struct gp_signer *s, struct bytes capdu)
{
    uint8_t room[INPUT_ROOM];
    struct writer input = WRITER(room);
    struct gp_token_command c;
    struct bytes part;
    TRY(gp_token_command_read(capdu, &c));
    TRY(need_token(&c));
    TRY(need_hash(s, &c));
    TRY(gp_token_command_input(&c, &input));
    part = written(&input);
    return gp_signature_check(s, &part, 1, *gp_token_of(&c));
}

/* The inputs of both commands, one behind the other; *last is the command that bears the token. */
static enum tsm_err combined_input(const struct gp_signer *s, struct gp_token_pair commands,
                                   struct gp_token_command *last, struct writer *w)
{
    struct gp_token_command first;
    TRY(gp_token_command_read(commands.first, &first));
    TRY(gp_token_command_read(commands.last, last));
    NEED(first.ins == INS_INSTALL && first.install.p1 == INSTALL_FOR_LOAD_INSTALL_AND_MAKE_SELECTABLE &&
             first.install.p2 == INSTALL_P2_BEGIN,
         BAD_VALUE);
    NEED(last->ins == INS_INSTALL && last->install.p1 == INSTALL_FOR_LOAD_INSTALL_AND_MAKE_SELECTABLE &&
             last->install.p2 == INSTALL_P2_END,
         BAD_VALUE);
    TRY(need_no_token(&first));
    TRY(need_hash(s, &first));
    TRY(gp_token_command_input(&first, w));
    return gp_token_command_input(last, w);
}

enum tsm_err gp_token_make_combined(const struct gp_signer *s, struct gp_token_pair commands,
                                    struct writer *token)
{
    uint8_t room[2 * INPUT_ROOM];
    struct writer input = WRITER(room);
    struct gp_token_command last;
    struct bytes part;
    TRY(combined_input(s, commands, &last, &input));
    TRY(need_no_token(&last));
    part = written(&input);
    return gp_signature_write(s, &part, 1, token);
}

enum tsm_err gp_token_check_combined(const struct gp_signer *s, struct gp_token_pair commands)
{
    uint8_t room[2 * INPUT_ROOM];
    struct writer input = WRITER(room);
    struct gp_token_command last;
    struct bytes part;
    TRY(combined_input(s, commands, &last, &input));
    TRY(need_token(&last));
    part = written(&input);
    return gp_signature_check(s, &part, 1, last.install.token);
}
