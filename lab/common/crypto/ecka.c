/* SPDX-License-Identifier: Apache-2.0 */
/* Key agreement on elliptic curves and X9.63 key derivation; the curve arithmetic is libcrypto's, the schemes
 * are built here; pure but for generation, which takes random numbers; GPCS 2.3.1 B.4.4, B.4.5, BSI TR-03111
 * 4.3. */
#include "common/crypto/ecka.h"

#include "common/crypto/cipher.h"

#include <openssl/ec.h>
#include <openssl/objects.h>
#include <string.h>

#define SHA256_LEN    32
#define COUNTER_LEN   4
#define LABEL_SURPLUS 0x0F /* keeps the first byte of a derived scalar below the order of every curve */
#define P521          0x02 /* 521 bits fill one bit of the first byte of 66 */

/* In the order of the references of Table B-2. */
static const int curves[ASYM_CURVES] = {
    NID_X9_62_prime256v1, NID_secp384r1,       NID_secp521r1,       NID_brainpoolP256r1, NID_brainpoolP256t1,
    NID_brainpoolP384r1,  NID_brainpoolP384t1, NID_brainpoolP512r1, NID_brainpoolP512t1,
};

/* A curve with room for numbers. */
struct room {
    EC_GROUP *group;
    BN_CTX *numbers;
    EC_POINT *p;
    BIGNUM *k, *x;
};

static bool curve_by_nid(int nid, uint8_t *curve)
{
    for (uint8_t i = 0; i < ASYM_CURVES; i++)
        if (curves[i] == nid) {
            *curve = i;
            return true;
        }
    return false;
}

bool ecka_curve_by_name(const char *name, uint8_t *curve)
{
    return curve_by_nid(OBJ_txt2nid(name), curve);
}

bool ecka_curve_by_oid(const uint8_t *oid, size_t n, uint8_t *curve)
{
    for (uint8_t i = 0; i < ASYM_CURVES; i++) {
        const ASN1_OBJECT *o = OBJ_nid2obj(curves[i]);

        if (o != NULL && OBJ_length(o) == n && memcmp(OBJ_get0_data(o), oid, n) == 0) {
            *curve = i;
            return true;
        }
    }
    return false;
}

size_t ecka_curve_oid(uint8_t curve, uint8_t *oid, size_t cap)
{
    const ASN1_OBJECT *o = curve < ASYM_CURVES ? OBJ_nid2obj(curves[curve]) : NULL;
    size_t n = o == NULL ? 0 : OBJ_length(o);

    if (n == 0 || n > cap)
        return 0;
    memcpy(oid, OBJ_get0_data(o), n);
    return n;
}

static void room_close(struct room *r)
{
    EC_POINT_free(r->p);
    BN_clear_free(r->k);
    BN_clear_free(r->x);
    BN_CTX_free(r->numbers);
    EC_GROUP_free(r->group);
}

static bool room_open(uint8_t curve, struct room *r)
{
    *r = (struct room){0};
    if (curve >= ASYM_CURVES)
        return false;
    r->group = EC_GROUP_new_by_curve_name(curves[curve]);
    r->numbers = BN_CTX_secure_new();
    r->p = r->group == NULL ? NULL : EC_POINT_new(r->group);
    r->k = BN_secure_new();
    r->x = BN_secure_new();
    if (r->p != NULL && r->numbers != NULL && r->k != NULL && r->x != NULL)
        return true;
    room_close(r);
    return false;
}

bool ecka_point(uint8_t curve, const uint8_t *point, size_t n, struct asym_key *to)
{
    struct asym_key k = {.type = KEY_TYPE_ECC_PUBLIC, .curve = curve, .len = (uint16_t)n};

    if (n > ECKA_MAX_POINT)
        return false;
    memcpy(k.value, point, n);
    if (!asym_valid(&k))
        return false;
    *to = k;
    return true;
}

static bool read_scalar(const struct asym_key *own, struct room *r)
{
    return own->type == KEY_TYPE_ECC_PRIVATE && BN_bin2bn(own->value, own->len, r->k) != NULL &&
           !BN_is_zero(r->k) && BN_cmp(r->k, EC_GROUP_get0_order(r->group)) < 0;
}

bool ecka_public_of(const struct asym_key *own, struct asym_key *to)
{
    struct asym_key k = {.type = KEY_TYPE_ECC_PUBLIC, .curve = own->curve};
    struct room r;
    bool ok;

    if (!room_open(own->curve, &r))
        return false;
    k.len = (uint16_t)(1 + 2 * asym_coordinate(own->curve));
    ok = read_scalar(own, &r) && EC_POINT_mul(r.group, r.p, r.k, NULL, NULL, r.numbers) == 1 &&
         EC_POINT_point2oct(r.group, r.p, POINT_CONVERSION_UNCOMPRESSED, k.value, k.len, r.numbers) == k.len;
    room_close(&r);
    if (ok)
        *to = k;
    return ok;
}

bool ecka_generate(uint8_t curve, struct asym_key *to)
{
    struct asym_key k = {.type = KEY_TYPE_ECC_PRIVATE, .curve = curve};
    struct room r;
    bool ok;

    if (!room_open(curve, &r))
        return false;
    k.len = (uint16_t)asym_coordinate(curve);
    do {
        ok = BN_priv_rand_range(r.k, EC_GROUP_get0_order(r.group)) == 1;
    } while (ok && BN_is_zero(r.k));
    ok = ok && BN_bn2binpad(r.k, k.value, k.len) == k.len;
    room_close(&r);
    if (ok)
        *to = k;
    lab_wipe(&k, sizeof k);
    return ok;
}

bool ecka_from_label(uint8_t curve, const char *label, struct asym_key *to)
{
    const struct x963 from = {
        .secret = (const uint8_t *)label, .secret_len = strlen(label), .info = &curve, .info_len = 1};

    *to = (struct asym_key){.type = KEY_TYPE_ECC_PRIVATE, .curve = curve};
    to->len = (uint16_t)asym_coordinate(curve);
    if (!x963_derive(&from, to->value, to->len))
        return false;
    to->value[0] = curve == P521 ? 0x00 : to->value[0] & LABEL_SURPLUS;
    return asym_valid(to);
}

bool ecka_agree(const struct asym_key *own, const struct asym_key *peer, uint8_t shared[ECKA_MAX_SECRET])
{
    int n = (int)asym_coordinate(own->curve);
    struct room r;
    bool ok;

    if (peer->type != KEY_TYPE_ECC_PUBLIC || own->curve != peer->curve || !room_open(own->curve, &r))
        return false;
    /* libcrypto refuses a point that is not on the curve. */
    ok = read_scalar(own, &r) && EC_POINT_oct2point(r.group, r.p, peer->value, peer->len, r.numbers) == 1 &&
         EC_POINT_mul(r.group, r.p, NULL, r.p, r.k, r.numbers) == 1 &&
         !EC_POINT_is_at_infinity(r.group, r.p) &&
         EC_POINT_get_affine_coordinates(r.group, r.p, r.x, NULL, r.numbers) == 1 &&
         BN_bn2binpad(r.x, shared, n) == n;
    room_close(&r);
    return ok;
}

bool x963_derive(const struct x963 *from, uint8_t *to, size_t len)
{
    uint8_t input[X963_MAX_INPUT], block[SHA256_LEN];
    struct out o;
    bool ok = true;

    for (size_t done = 0; ok && done < len; done += SHA256_LEN) {
        size_t part = len - done < SHA256_LEN ? len - done : SHA256_LEN;

        out_init(&o, input, sizeof input);
        out_bytes(&o, from->secret, from->secret_len);
        out_number(&o, done / SHA256_LEN + 1, COUNTER_LEN);
        out_bytes(&o, from->info, from->info_len);
        ok = !o.full && lab_digest(SHA256_LEN, input, o.len, block);
        if (ok)
            memcpy(to + done, block, part);
    }
    lab_wipe(input, sizeof input);
    lab_wipe(block, sizeof block);
    return ok;
}
