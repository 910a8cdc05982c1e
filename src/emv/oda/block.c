/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures with message recovery as EMV forms them. Station 5. Pure. [EMV Book 2 annex A2.1; ISO 9796-2] */
#include "emv/oda/block.h"

enum { HEADER = 0x6A, TRAILER = 0xBC };

static const struct sign_how raw = {SIGN_RAW, HASH_SHA1};

size_t oda_room(size_t modulus, size_t fields_len)
{
    return modulus > ODA_FRAME + fields_len ? modulus - ODA_FRAME - fields_len : 0;
}

/* SHA-1 over what the block holds and what goes beside it. */
static enum tsm_err hash_of(struct bytes inner, const struct bytes *tails, size_t n,
                            uint8_t out[HASH_LEN_MAX])
{
    struct bytes parts[1 + ODA_TAILS_MAX] = {inner};
    NEED(n <= ODA_TAILS_MAX, TOO_LONG);
    for (size_t i = 0; i < n; i++)
        parts[1 + i] = tails[i];
    return hash_parts(HASH_SHA1, parts, 1 + n, out);
}

enum tsm_err oda_sign(const struct sign_key *key, const struct oda_block *b, struct writer *out)
{
    uint8_t block[ODA_MODULUS_MAX], hash[HASH_LEN_MAX];
    struct writer w = WRITER(block);
    size_t room = oda_room(sign_len(key), b->fields.len);
    struct bytes inner;
    NEED(key->type == SIGN_RSA, KEY_REFUSED);
    NEED(sign_len(key) <= ODA_MODULUS_MAX && b->left.len <= room, TOO_LONG);
    TRY(write_u8(&w, HEADER));
    TRY(write_u8(&w, (unsigned)b->format));
    TRY(write_span(&w, b->fields));
    TRY(write_span(&w, b->left));
    TRY(write_fill(&w, ODA_FILL, room - b->left.len));
    inner = written_since(&w, 1);
    TRY(hash_of(inner, b->tails, b->tails_n, hash));
    TRY(write_span(&w, BYTES_OF(hash, ODA_HASH)));
    TRY(write_u8(&w, TRAILER));
    return sign_digest(key, raw, written(&w), out);
}

enum tsm_err oda_recover(const struct sign_key *key, const struct oda_signed *s, struct writer *room,
                         struct bytes *inner)
{
    uint8_t hash[HASH_LEN_MAX], header, trailer, format;
    struct writer w = *room;
    struct reader r;
    struct bytes body, due;
    NEED(sign_len(key) > ODA_FRAME && sign_len(key) <= ODA_MODULUS_MAX, BAD_LENGTH);
    TRY(sign_recover(key, s->signature, &w));
    r = READER(written_since(&w, room->len));
    TRY(read_u8(&r, &header));
    TRY(read_span(&r, r.left.len - ODA_HASH - 1, &body));
    TRY(read_span(&r, ODA_HASH, &due));
    TRY(read_u8(&r, &trailer));
    TRY(hash_of(body, s->tails, s->tails_n, hash));
    r = READER(body);
    TRY(read_u8(&r, &format));
    if (header != HEADER || trailer != TRAILER || format != s->format ||
        !bytes_equal(due, BYTES_OF(hash, ODA_HASH)))
        return FAIL(MAC_WRONG, "the signature is not one over these data");
    *inner = r.left;
    *room = w;
    return TSM_OK;
}
