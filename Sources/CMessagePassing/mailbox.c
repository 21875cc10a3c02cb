// Small messages between ranks that share no memory, beside MPI, which is busy while a rank waits.
#include "CMessagePassing.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct unfold_mailbox {
  int descriptor;
  struct sockaddr_in *peers;
  int count, capacity;
};

enum {
  /// Room for what many ranks send at once.
  buffer_bytes = 1 << 20,
};

unfold_mailbox *unfold_mailbox_open(void) {
  int descriptor = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return NULL;
  int bytes = buffer_bytes;
  (void)setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
  struct sockaddr_in any = {.sin_family = AF_INET};
  unfold_mailbox *mailbox = calloc(1, sizeof *mailbox);
  if (mailbox == NULL || bind(descriptor, (struct sockaddr *)&any, sizeof any) != 0) {
    free(mailbox);
    close(descriptor);
    return NULL;
  }
  mailbox->descriptor = descriptor;
  return mailbox;
}

void unfold_mailbox_close(unfold_mailbox *mailbox) {
  close(mailbox->descriptor);
  free(mailbox->peers);
  free(mailbox);
}

/// The address of an interface that other hosts may reach; NULL of any other.
static const struct sockaddr_in *reachable(const struct ifaddrs *interface) {
  const struct sockaddr *address = interface->ifa_addr;
  if (address == NULL || address->sa_family != AF_INET) return NULL;
  if (!(interface->ifa_flags & IFF_UP) || (interface->ifa_flags & IFF_LOOPBACK)) return NULL;
  return (const struct sockaddr_in *)(const void *)address;
}

void unfold_mailbox_address(const unfold_mailbox *mailbox, char *text, int capacity) {
  struct sockaddr_in bound;
  socklen_t length = sizeof bound;
  text[0] = '\0';
  if (getsockname(mailbox->descriptor, (struct sockaddr *)&bound, &length) != 0) return;
  int used = snprintf(text, (size_t)capacity, "%d", ntohs(bound.sin_port));
  struct ifaddrs *interfaces = NULL;
  if (getifaddrs(&interfaces) != 0) return;
  for (const struct ifaddrs *each = interfaces; each != NULL; each = each->ifa_next) {
    const struct sockaddr_in *address = reachable(each);
    char words[INET_ADDRSTRLEN];
    if (address == NULL) continue;
    if (inet_ntop(AF_INET, &address->sin_addr, words, sizeof words) == NULL) continue;
    // Bridges and tunnels may be many. Half an address would be another one.
    if (used + 1 + (int)strlen(words) >= capacity) break;
    used += snprintf(text + used, (size_t)(capacity - used), " %s", words);
  }
  freeifaddrs(interfaces);
}

bool unfold_mailbox_add(unfold_mailbox *mailbox, const char *address, int port) {
  struct sockaddr_in peer = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  if (inet_pton(AF_INET, address, &peer.sin_addr) != 1) return false;
  if (mailbox->count == mailbox->capacity) {
    int capacity = 2 * mailbox->capacity + 8;
    struct sockaddr_in *peers = realloc(mailbox->peers, (size_t)capacity * sizeof *peers);
    if (peers == NULL) return false;
    mailbox->peers = peers;
    mailbox->capacity = capacity;
  }
  mailbox->peers[mailbox->count++] = peer;
  return true;
}

void unfold_mailbox_send(const unfold_mailbox *mailbox, const void *bytes, int count) {
  for (int index = 0; index < mailbox->count; ++index) {
    const struct sockaddr_in *peer = &mailbox->peers[index];
    // What is lost, the next one makes good.
    (void)sendto(mailbox->descriptor, bytes, (size_t)count, MSG_DONTWAIT,
                 (const struct sockaddr *)peer, sizeof *peer);
  }
}

int unfold_mailbox_take(const unfold_mailbox *mailbox, void *bytes, int capacity) {
  return (int)recv(mailbox->descriptor, bytes, (size_t)capacity, MSG_DONTWAIT | MSG_TRUNC);
}
