/* SPDX-License-Identifier: Apache-2.0 */
/* The one list of errors and the two words for control flow (TRY, NEED). Every station of the journey. Pure.
 */
#ifndef TSM_BASE_ERROR_H
#define TSM_BASE_ERROR_H

/*
 * One row an error: name, HTTP status, whether the same act may be repeated later, text for the person who
 * reads it. The enum, the status, the retry class and the text are all made from this list.
 */
#define TSM_ERRORS(X)                                                                            \
    X(SHORT_INPUT, 400, 0, "the message ends before the field it announces")                     \
    X(TRAILING_BYTES, 400, 0, "bytes follow after the end of the message")                       \
    X(BAD_VALUE, 400, 0, "a field holds a value that its standard does not allow")               \
    X(BAD_LENGTH, 400, 0, "a length field disagrees with what it measures")                      \
    X(BAD_FORM, 400, 0, "the text is not of the form that is asked for")                         \
    X(UNKNOWN_FIELD, 400, 0, "the object has a member that is not known here")                   \
    X(MISSING_FIELD, 400, 0, "a member that must be there is missing")                           \
    X(DUPLICATE_TAG, 400, 0, "a data object that may occur once occurs twice")                   \
    X(TOO_LONG, 413, 0, "the input is longer than the named limit")                              \
    X(NO_ROOM, 500, 0, "the caller's buffer is too small for the result")                        \
    X(WRONG_TYPE, 415, 0, "the content type is not one that this address takes")                 \
    X(NOT_SIGNED_IN, 401, 0, "no valid bearer token came with the request")                      \
    X(NOT_ALLOWED, 403, 0, "the party may not do this")                                          \
    X(NOT_FOUND, 404, 0, "nothing with this name is visible to the party")                       \
    X(WRONG_METHOD, 405, 0, "the address does not know this method")                             \
    X(CONFLICT, 409, 0, "the request contradicts what is stored")                                \
    X(WRONG_STATE, 409, 0, "the object is not in a state that allows this")                      \
    X(ORPHANED, 409, 0, "the flavor of the service instance was removed")                        \
    X(BUSY, 503, 1, "too much work is in hand; come again later")                                \
    X(TIMED_OUT, 504, 1, "the answer did not come in time")                                      \
    X(PEER_DOWN, 502, 1, "the peer could not be reached")                                        \
    X(PEER_REFUSED, 502, 0, "the peer refused the request")                                      \
    X(EXPIRED, 410, 0, "the validity of the request has ended")                                  \
    X(MAC_WRONG, 502, 0, "the checksum of a protected message is wrong")                         \
    X(CRYPTOGRAM_WRONG, 502, 0, "the secure element did not prove the key that we hold for it")  \
    X(KCV_WRONG, 422, 0, "the key check value does not belong to the key")                       \
    X(KEY_MISSING, 500, 0, "the vault holds no key of this name")                                \
    X(KEY_REFUSED, 403, 0, "the key may not be used for this")                                   \
    X(TOKEN_FAILED, 503, 1, "the cryptographic token did not do what it was asked")              \
    X(CRYPTO_FAILED, 500, 0, "the cryptographic library refused the operation")                  \
    X(COUNTER_DEAD, 409, 0, "the counter of the key set is used up")                             \
    X(CARD_REFUSED, 502, 0, "the secure element answered with an error status")                  \
    X(NOT_ELIGIBLE, 422, 0, "the secure element is not fit for the service")                     \
    X(NOT_ADMITTED, 422, 0, "the load file does not pass the admission gate")                    \
    X(NEEDS_BETTER_LINK, 422, 0, "the script is too long for the bearer of this secure element") \
    X(DATABASE, 500, 1, "the database did not do what it was asked")                             \
    X(UNIQUE, 409, 0, "a row with this key is there already")                                    \
    X(SPOILT, 500, 0, "what is stored has been altered since")                                   \
    X(IO, 500, 1, "the operating system refused the operation")                                  \
    X(NO_MEMORY, 503, 1, "memory is exhausted")                                                  \
    X(INTERRUPTED, 503, 1, "the work was interrupted before its end")                            \
    X(UNSUPPORTED, 501, 0, "this is not supported here")

enum tsm_err {
    TSM_OK = 0,
#define X(name, http, retry, text) TSM_##name,
    TSM_ERRORS(X)
#undef X
        TSM_ERROR_COUNT
};

/* The facts of the list. `err_text` of TSM_OK is "ok"; unknown numbers give the text of TSM_IO. */
const char *err_name(enum tsm_err e);
const char *err_text(enum tsm_err e);
int err_http(enum tsm_err e);
int err_may_retry(enum tsm_err e);

/*
 * The cause: one sentence and a field name, said once where the error arises, read once where it is shown.
 * Kept per thread; never holds a key, a PIN or a card number. err_fail returns e so that `return FAIL(...)`
 * reads well.
 */
enum { ERR_CAUSE_MAX = 240, ERR_FIELD_MAX = 64 };
enum tsm_err err_fail(enum tsm_err e, const char *where, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
enum tsm_err err_fail_field(enum tsm_err e, const char *field, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
const char *err_cause(void); /* "" when nothing was said since err_clear */
const char *err_field(void);
const char *err_where(void);
void err_clear(void);

#define ERR_STR_(x) #x
#define ERR_STR(x)  ERR_STR_(x)
#define ERR_HERE    __FILE__ ":" ERR_STR(__LINE__)

/* Pass a failure up as it is. */
#define TRY(expr)                                    \
    do {                                             \
        enum tsm_err try_err_ = (expr);              \
        if (__builtin_expect(try_err_ != TSM_OK, 0)) \
            return try_err_;                         \
    } while (0)

/* A fact that must hold; else the named error, with the fact itself as the cause. */
#define NEED(fact, name)                                                   \
    do {                                                                   \
        if (__builtin_expect(!(fact), 0))                                  \
            return err_fail(TSM_##name, ERR_HERE, "%s", "needed: " #fact); \
    } while (0)

/* Fail with a sentence. */
#define FAIL(name, ...) err_fail(TSM_##name, ERR_HERE, __VA_ARGS__)
/* Fail because of one named field of the input. */
#define FAIL_FIELD(name, field, ...) err_fail_field(TSM_##name, field, __VA_ARGS__)

#endif
