/* SPDX-License-Identifier: Apache-2.0 */
/* Programs under test: started, watched through /proc and /metrics, ended by their pid. Bench only. */
#include "server.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "net.h"

static enum tsm_err first_line(int fd, char line[PROGRAM_LINE_MAX])
{
    size_t n = 0;
    while (n + 1 < PROGRAM_LINE_MAX && read(fd, line + n, 1) == 1 && line[n] != '\n')
        n++;
    line[n] = 0;
    return n ? TSM_OK : FAIL(IO, "the program ended before it was ready");
}

enum tsm_err program_start(const struct bench *b, char *const argv[], char line[PROGRAM_LINE_MAX],
                           struct server *s)
{
    int ends[2], log = open(bench_path(b, "program.log"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    double from = seconds_now();
    enum tsm_err e;
    NEED(log >= 0 && pipe2(ends, O_CLOEXEC) == 0, IO);
    s->pid = fork();
    if (s->pid == 0) {
        dup2(ends[1], STDOUT_FILENO);
        dup2(log, STDERR_FILENO);
        execv(argv[0], argv);
        _exit(127);
    }
    close(ends[1]);
    close(log);
    e = s->pid > 0 ? first_line(ends[0], line) : FAIL(IO, "no process for %s", argv[0]);
    s->ready_s = seconds_now() - from;
    close(ends[0]);
    if (e != TSM_OK)
        server_stop(s);
    return e;
}

static unsigned port_after(const char *line, const char *word)
{
    const char *at = strstr(line, word), *colon = at ? strchr(at, ':') : NULL;
    return colon ? (unsigned)strtoul(colon + 1, NULL, 10) : 0;
}

enum tsm_err server_start(const struct bench *b, struct server *s)
{
    char config[PATH_ROOM + 32], softhsm[PATH_ROOM + 32], line[PROGRAM_LINE_MAX];
    char *argv[] = {(char *)(uintptr_t)b->tsmd, "run",         "--config", config, "--listen", "127.0.0.1:0",
                    "--listen-device",          "127.0.0.1:0", NULL};
    if (!b->tsmd || !b->house)
        return FAIL(UNSUPPORTED, "this row needs a server: run it by ./dev bench");
    snprintf(config, sizeof config, "%s/tsmd.conf", b->house);
    snprintf(softhsm, sizeof softhsm, "%s/softhsm2.conf", b->house);
    NEED(setenv("SOFTHSM2_CONF", softhsm, 1) == 0, NO_MEMORY);
    TRY(program_start(b, argv, line, s));
    s->api_port = port_after(line, "api=");
    s->device_port = port_after(line, "device=");
    if (s->api_port && s->device_port)
        return TSM_OK;
    server_stop(s);
    return FAIL(BAD_FORM, "tsmd said: %.200s", line);
}

void server_stop(struct server *s)
{
    if (s->pid <= 0)
        return;
    kill(s->pid, SIGTERM);
    waitpid(s->pid, NULL, 0);
    s->pid = 0;
}

enum tsm_err server_memory(const struct server *s, double *bytes)
{
    char path[64], line[128];
    FILE *f;
    double kib = 0;
    snprintf(path, sizeof path, "/proc/%d/status", (int)s->pid);
    f = fopen(path, "re");
    NEED(f != NULL, IO);
    while (fgets(line, sizeof line, f))
        if (!strncmp(line, "VmRSS:", 6))
            kib = strtod(line + 6, NULL);
    fclose(f);
    NEED(kib > 0, IO);
    *bytes = kib * 1024;
    return TSM_OK;
}

double server_processor(const struct server *s)
{
    char path[64], text[512] = "";
    unsigned long user = 0, system = 0;
    const char *at;
    FILE *f;
    snprintf(path, sizeof path, "/proc/%d/stat", (int)s->pid);
    f = fopen(path, "re");
    if (f && !fgets(text, sizeof text, f))
        text[0] = 0;
    if (f)
        fclose(f);
    at = strrchr(text, ')'); /* the name of the program may hold anything */
    if (at)
        sscanf(at + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system);
    return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

enum tsm_err house_read(const struct bench *b, const char *name, char *out, size_t cap)
{
    char path[PATH_ROOM + 64];
    FILE *f;
    snprintf(path, sizeof path, "%s/%s", b->house, name);
    f = fopen(path, "re");
    if (!f || !fgets(out, (int)cap, f))
        out[0] = 0;
    if (f)
        fclose(f);
    out[strcspn(out, "\r\n")] = 0;
    return out[0] ? TSM_OK : FAIL(IO, "%s cannot be read", path);
}

enum tsm_err server_counter(const struct bench *b, const struct server *s, const char *name, double *value)
{
    static const char request[] = "GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
    char ca[PATH_ROOM + 64];
    struct net *n = calloc(1, sizeof *n);
    SSL_CTX *tls = NULL;
    const char *at = NULL;
    int status = 0;
    enum tsm_err e;
    NEED(n != NULL, NO_MEMORY);
    snprintf(ca, sizeof ca, "%s/tls/ca.pem", b->house);
    e = net_tls(ca, &tls);
    if (e == TSM_OK)
        e = net_open(tls, s->api_port, n);
    if (e == TSM_OK)
        e = net_ask(n, request, sizeof request - 1, &status);
    for (at = e == TSM_OK ? strstr(n->body, name) : NULL; at && (at[-1] != '\n' || at[strlen(name)] != ' ');)
        at = strstr(at + 1, name);
    *value = at ? strtod(at + strlen(name), NULL) : 0;
    net_close(n);
    free(n);
    SSL_CTX_free(tls);
    return e;
}
