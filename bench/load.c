// Uploads by tus as fast as a server takes it, with hardly any work of its own: bodies go out by sendfile.
//
//     load upload PORT PATH METADATA COUNT SIZE PIECE CONNECTIONS    prints the seconds that it took
//     load head PORT PATH METADATA SECONDS                           prints the median and 99th percentile in ms
//
// PIECE 0 sends each file in one request, PIECE -1 in the very one that creates it. Anything unexpected ends it with a
// word on stderr.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define POOL (64L << 20)  // bytes that bodies are made of, over and over

static int port, pool;
static const char *path, *metadata;
static long count, size, piece;
static atomic_long next_upload;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static void fail(const char *what) {
  fprintf(stderr, "load: %s\n", what);
  exit(1);
}

static int connected(void) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int line = socket(AF_INET, SOCK_STREAM, 0), on = 1;
  setsockopt(line, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (connect(line, (struct sockaddr *)&address, sizeof address)) fail("nobody listens");
  return line;
}

static void send_text(int line, const char *text, int more) {
  for (size_t left = strlen(text); left;) {
    ssize_t sent = send(line, text, left, MSG_NOSIGNAL | (more ? MSG_MORE : 0));
    if (sent <= 0) fail("the server closed the connection");
    text += sent;
    left -= sent;
  }
}

static void send_bytes(int line, long from, long left) {
  while (left) {
    off_t at = from % POOL;
    ssize_t sent = sendfile(line, pool, &at, left < POOL - at ? left : POOL - at);
    if (sent <= 0) fail("the server closed the connection in mid-body");
    from += sent;
    left -= sent;
  }
}

// Reads one reply without a body, and puts the path in its Location, if there is one, into `location`.
static void expect(int line, int status, char *location) {
  char reply[8192];
  size_t have = 0;
  for (reply[0] = 0; !strstr(reply, "\r\n\r\n"); reply[have] = 0) {
    ssize_t got = have < sizeof reply - 1 ? recv(line, reply + have, sizeof reply - 1 - have, 0) : 0;
    if (got <= 0) fail("the server closed the connection before its reply");
    have += got;
  }
  if (atoi(reply + 9) != status) fail(reply);
  char *found = strcasestr(reply, "\r\nlocation:");
  if (!location || !found) return;
  found += strspn(found + 11, " ") + 11;
  char *host = strstr(found, "://"), *end = strstr(found, "\r\n");
  if (host && host < end) found = strchr(host + 3, '/');
  snprintf(location, 512, "%.*s", (int)(end - found), found);
}

static void create(int line, long length, long along, char *location) {
  char head[4096];
  snprintf(head, sizeof head,
           "POST %s HTTP/1.1\r\nHost: localhost\r\nTus-Resumable: 1.0.0\r\nUpload-Length: %ld\r\n"
           "Upload-Metadata: %s\r\n%sContent-Length: %ld\r\n\r\n", path, length, metadata,
           along ? "Content-Type: application/offset+octet-stream\r\n" : "", along);
  send_text(line, head, along > 0);
  send_bytes(line, 0, along);
  expect(line, 201, location);
}

static void *uploads(void *unused) {
  int line = connected();
  char head[1024], location[512];
  while (atomic_fetch_add(&next_upload, 1) < count) {
    long along = piece < 0 ? size : 0;
    create(line, size, along, location);
    for (long at = along; at < size;) {
      long length = piece && piece < size - at ? piece : size - at;
      snprintf(head, sizeof head,
               "PATCH %s HTTP/1.1\r\nHost: localhost\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: %ld\r\n"
               "Content-Type: application/offset+octet-stream\r\nContent-Length: %ld\r\n\r\n", location, at, length);
      send_text(line, head, 1);
      send_bytes(line, at, length);
      expect(line, 204, NULL);
      at += length;
    }
  }
  close(line);
  return unused;
}

static int ascending(const void *a, const void *b) {
  return (*(double *)a > *(double *)b) - (*(double *)a < *(double *)b);
}

static void heads(double seconds) {
  static double took[1 << 20];
  int line = connected(), number = 0;
  char head[1024], location[512];
  create(line, 1000, 0, location);
  snprintf(head, sizeof head, "HEAD %s HTTP/1.1\r\nHost: localhost\r\nTus-Resumable: 1.0.0\r\n\r\n", location);
  for (double end = now() + seconds; now() < end && number < 1 << 20; usleep(2000)) {
    double began = now();
    send_text(line, head, 0);
    expect(line, 200, NULL);
    took[number++] = 1000 * (now() - began);
  }
  qsort(took, number, sizeof *took, ascending);
  printf("%.3f %.3f\n", took[number / 2], took[number * 99 / 100]);
}

int main(int argc, char **argv) {
  if (argc < 6) fail("see the head of load.c");
  port = atoi(argv[2]);
  path = argv[3];
  metadata = argv[4];
  if (!strcmp(argv[1], "head")) {
    heads(atof(argv[5]));
    return 0;
  }
  if (argc < 9) fail("see the head of load.c");
  count = atol(argv[5]);
  size = atol(argv[6]);
  piece = atol(argv[7]);
  int connections = atoi(argv[8]);
  pool = memfd_create("pool", 0);
  if (ftruncate(pool, POOL)) fail("no memory");
  uint32_t *words = mmap(NULL, POOL, PROT_WRITE, MAP_SHARED, pool, 0), word = 1;
  for (long at = 0; at < POOL / 4; at++) words[at] = word = word * 1664525 + 1013904223;
  pthread_t threads[connections];
  double began = now();
  for (int at = 0; at < connections; at++) pthread_create(&threads[at], NULL, uploads, NULL);
  for (int at = 0; at < connections; at++) pthread_join(threads[at], NULL);
  printf("%.6f\n", now() - began);
  return 0;
}
