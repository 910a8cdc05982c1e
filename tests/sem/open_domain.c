/* SPDX-License-Identifier: Apache-2.0 */
/* open_domain URI PIN-FILE PORT AID KVN ID BLOB: does a sealed key set, with the token of the party that had
 * it, open this security domain by SCP03? Prints "opened" or "refused: why". For tests of what a retained
 * copy of a database and its token is worth. Edge (sockets, vault). [AmdD 7.1] */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/hex.h"
#include "gp/command/select.h"
#include "vault/operation/operation.h"

enum { ARGUMENTS = 8, USAGE = 2, FRAME_MAX = 600, LEVEL = 0x33, HOST = 8, FRAME_HEAD = 2 };

static int card_open(const char *port)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)strtoul(port, NULL, 10))};
    int s = socket(AF_INET, SOCK_STREAM, 0);
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (s < 0 || connect(s, (struct sockaddr *)&a, sizeof a) != 0) {
        perror("open_domain");
        exit(USAGE);
    }
    return s;
}

static void take(int s, uint8_t *to, size_t n)
{
    if (recv(s, to, n, MSG_WAITALL) != (ssize_t)n) {
        fprintf(stderr, "open_domain: the card closed the connection\n");
        exit(USAGE);
    }
}

/* Frames of two octets of length; controls are not answered. */
static struct bytes exchange(int s, struct bytes command, uint8_t *room)
{
    uint8_t head[FRAME_HEAD] = {(uint8_t)(command.len >> 8), (uint8_t)command.len};
    size_t n;
    if (write(s, head, sizeof head) != (ssize_t)sizeof head ||
        write(s, command.at, command.len) != (ssize_t)command.len)
        exit(USAGE);
    if (command.len == 1)
        return BYTES_NONE;
    take(s, head, sizeof head);
    n = (size_t)head[0] << 8 | head[1];
    if (n > FRAME_MAX)
        exit(USAGE);
    take(s, room, n);
    return BYTES_OF(room, n);
}

static enum tsm_err open_vault(const char *uri, const char *pin_file, struct vault_party **out)
{
    struct vault_settings settings = {.uri = uri, .laboratory = true};
    SECRET pin = {.len = 0};
    FILE *f = fopen(pin_file, "re");
    NEED(f != NULL, IO);
    pin.len = fread(pin.at, 1, SECRET_MAX, f);
    fclose(f);
    return vault_open(&settings, &pin, out);
}

struct attempt {
    struct vault_party *vault;
    struct sealed_keyset keys;
    struct bytes aid;
    uint8_t kvn;
    int card;
};

static enum tsm_err say(const struct attempt *a, struct bytes command, uint8_t *room, struct rapdu *answer)
{
    TRY(rapdu_read(exchange(a->card, command, room), answer));
    return answer->sw == SW_OK ? TSM_OK : FAIL(CARD_REFUSED, "the card answered %04X", answer->sw);
}

static enum tsm_err open_domain(const struct attempt *a)
{
    static const uint8_t power_on = 1;
    uint8_t room[FRAME_MAX], out[FRAME_MAX], host[HOST];
    struct writer w = WRITER(out);
    struct channel channel;
    struct init_update iu;
    struct rapdu answer;
    struct scp_opening o = {.keys = a->keys, .answer = &iu, .host_challenge = BYTES(host), .level = LEVEL};
    exchange(a->card, BYTES_OF(&power_on, 1), room);
    TRY(vault_random(host, sizeof host));
    TRY(select_write(a->aid, &w));
    TRY(say(a, written(&w), room, &answer));
    w = WRITER(out);
    TRY(channel_start(a->kvn, BYTES(host), &w));
    TRY(say(a, written(&w), room, &answer));
    TRY(gp_init_update_read(answer.data, &iu));
    w = WRITER(out);
    TRY(vault_open_scp(a->vault, &o, &channel, &w));
    return say(a, written(&w), room, &answer);
}

int main(int argc, char **argv)
{
    uint8_t aid[16], blob[SEALED_KEYSET_MAX];
    struct attempt a = {.card = -1};
    size_t aid_len, blob_len;
    enum tsm_err e;
    if (argc != ARGUMENTS) {
        fprintf(stderr, "usage: open_domain URI PIN-FILE PORT AID KVN ID BLOB\n");
        return USAGE;
    }
    if (hex_read(argv[4], aid, sizeof aid, &aid_len) || hex_read(argv[7], blob, sizeof blob, &blob_len) ||
        open_vault(argv[1], argv[2], &a.vault)) {
        fprintf(stderr, "open_domain: %s\n", err_cause());
        return USAGE;
    }
    a.aid = BYTES_OF(aid, aid_len);
    a.keys = (struct sealed_keyset){strtoull(argv[6], NULL, 10), BYTES_OF(blob, blob_len)};
    a.kvn = (uint8_t)strtoul(argv[5], NULL, 10);
    a.card = card_open(argv[3]);
    e = open_domain(&a);
    if (e == TSM_OK)
        printf("opened\n");
    else
        printf("refused: %s %s\n", err_name(e), err_cause());
    close(a.card);
    vault_close(a.vault);
    return e == TSM_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
