/* SPDX-License-Identifier: Apache-2.0 */
/* The verb "card" on a TCP port: announced port, vpcd framing, controls, one client after another, power
 * failure, the virtual reader that leaves (framing of the vsmartcard virtual reader); edge. */
#include "desk.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* The verb runs in a child of this process; its stdout is read here. */
struct program {
    pid_t pid;
    FILE *output;
};

static struct program start(char **argv)
{
    struct program p;
    int ends[2], argc = 0;

    while (argv[argc] != NULL)
        argc++;
    assert_int_equal(pipe(ends), 0);
    fflush(stdout);
    p.pid = fork();
    assert_true(p.pid >= 0);
    if (p.pid == 0) {
        int status, silence = open("/dev/null", O_WRONLY);

        dup2(ends[1], STDOUT_FILENO);
        dup2(silence, STDERR_FILENO);
        close(ends[0]);
        close(ends[1]);
        status = card_main(argc, argv);
        fflush(stdout);
        _exit(status);
    }
    close(ends[1]);
    p.output = fdopen(ends[0], "r");
    return p;
}

static int stop(struct program *p)
{
    int status = 0;

    fclose(p->output);
    kill(p->pid, SIGTERM);
    waitpid(p->pid, &status, 0);
    return status;
}

static int connect_to(unsigned port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof at), 0);
    return fd;
}

static void put_frame(int fd, const char *hex)
{
    uint8_t frame[300];
    size_t n;

    assert_true(lab_hex_read(hex, frame + 2, sizeof frame - 2, &n));
    frame[0] = 0;
    frame[1] = (uint8_t)n;
    assert_int_equal(write(fd, frame, n + 2), n + 2);
}

/* The next frame as hex, "" when the peer has closed the connection. */
static const char *get_frame(int fd)
{
    static char hex[1024];
    uint8_t head[2], body[500];
    size_t n, got = 0;

    if (recv(fd, head, 2, MSG_WAITALL) != 2)
        return "";
    n = (size_t)lab_number(head, 2);
    assert_in_range(n, 1, sizeof body);
    got = (size_t)recv(fd, body, n, MSG_WAITALL);
    assert_int_equal(got, n);
    lab_hex_write(body, n, hex);
    return hex;
}

static unsigned announced_port(struct program *p)
{
    unsigned port = 0;

    assert_int_equal(fscanf(p->output, "listening 127.0.0.1:%u", &port), 1);
    return port;
}

static void clients_are_served_one_after_another(void **state)
{
    char *argv[] = {"card", "--listen", "0", "--seid", "00010203040506070809", NULL};
    struct program p = start(argv);
    unsigned port = announced_port(&p);

    (void)state;
    for (int i = 0; i < 3; i++) {
        int fd = connect_to(port);

        put_frame(fd, "01");
        put_frame(fd, "04");
        assert_string_equal(get_frame(fd), "3B85018073C02153C5");
        put_frame(fd, "80CA00CF00");
        assert_string_equal(get_frame(fd), "CF0A000102030405060708099000");
        put_frame(fd, "80");
        put_frame(fd, "02");
        put_frame(fd, "0070000001");
        assert_string_equal(get_frame(fd), "019000");
        put_frame(fd, "80CA");
        assert_string_equal(get_frame(fd), "6700");
        close(fd);
    }
    stop(&p);
}

static void a_lost_answer_leaves_the_connection_open(void **state)
{
    char *argv[] = {"card", "--listen", "0", "--fault", "silent-1", NULL};
    struct program p = start(argv);
    int fd = connect_to(announced_port(&p));

    (void)state;
    put_frame(fd, "80CA006700");
    put_frame(fd, "00A4040000");
    assert_string_equal(get_frame(fd), "6F108408A000000151000000A5049F6501FF9000");
    close(fd);
    stop(&p);
}

static void the_card_is_a_client_of_a_virtual_reader_and_ends_with_it(void **state)
{
    struct sockaddr_in at = {.sin_family = AF_INET};
    socklen_t len = sizeof at;
    int listener = socket(AF_INET, SOCK_STREAM, 0), fd, status = -1;
    char address[64];
    char *argv[] = {"card", "--vpcd", address, NULL};
    struct program p;

    (void)state;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(bind(listener, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(listener, 1), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&at, &len), 0);
    snprintf(address, sizeof address, "127.0.0.1:%u", ntohs(at.sin_port));
    p = start(argv);
    fd = accept(listener, NULL, NULL);
    assert_true(fd >= 0);
    put_frame(fd, "04");
    assert_string_equal(get_frame(fd), "3B85018073C02153C5");
    close(fd);
    close(listener);
    waitpid(p.pid, &status, 0);
    fclose(p.output);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void wrong_options_end_with_a_message(void **state)
{
    static char *const rows[][6] = {
        {"card", NULL},
        {"card", "--listen", "0", "--vpcd", "127.0.0.1:1", NULL},
        {"card", "--listen", "70000", NULL},
        {"card", "--listen", "0", "--quirk", "no-such", NULL},
        {"card", "--listen", "0", "--scp", "scp01", NULL},
        {"card", "--vpcd", "127.0.0.1", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *argv[6];
        struct program p;
        int status;

        memcpy(argv, rows[i], sizeof argv);
        p = start(argv);
        waitpid(p.pid, &status, 0);
        fclose(p.output);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 2);
    }
}

static void quirks_and_faults_are_listed(void **state)
{
    char *argv[] = {"card", "--quirk", "help", NULL};
    struct program p = start(argv);
    char line[200];
    int status;

    (void)state;
    assert_non_null(fgets(line, sizeof line, p.output));
    assert_non_null(strstr(line, "counter-only-with-data"));
    waitpid(p.pid, &status, 0);
    fclose(p.output);
    assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clients_are_served_one_after_another),
        cmocka_unit_test(a_lost_answer_leaves_the_connection_open),
        cmocka_unit_test(the_card_is_a_client_of_a_virtual_reader_and_ends_with_it),
        cmocka_unit_test(wrong_options_end_with_a_message),
        cmocka_unit_test(quirks_and_faults_are_listed),
    };

    return cmocka_run_group_tests_name("lab card: TCP", tests, NULL, NULL);
}
