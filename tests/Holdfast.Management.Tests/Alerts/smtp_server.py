"""A mail server for tests: prints its port, then each message that it takes as one line of JSON. Ends with its standard input."""
import asyncio, json, ssl, sys

from aiosmtpd.controller import UnthreadedController
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword, syntax


class Server(SMTP):
    @syntax("AUTH <mechanism>")
    async def smtp_AUTH(self, arg):
        # Mail servers take a mechanism's name in any case; this one by itself does not.
        words = arg.split() if arg else []
        await super().smtp_AUTH(" ".join([words[0].upper(), *words[1:]]) if words else arg)


class ServerController(UnthreadedController):
    def factory(self):
        return Server(self.handler, **self.SMTP_kwargs)


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody@"):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if b"later" in envelope.content:
            return "451 try again later"
        print(json.dumps({"from": envelope.mail_from, "to": envelope.rcpt_tos, "tls": session.ssl is not None, "user": session.authenticated, "content": envelope.content.decode("utf-8")}), flush=True)
        return "250 OK"


def authenticate(server, session, envelope, mechanism, data):
    return AuthResult(success=isinstance(data, LoginPassword) and data.login == b"holdfast" and data.password == b"pass word")


async def main(certificate, key):
    context = None
    if certificate:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate, key)
    loop = asyncio.get_running_loop()
    controller = ServerController(
        Handler(), hostname="127.0.0.1", port=0, loop=loop, tls_context=context, require_starttls=bool(certificate),
        authenticator=authenticate, auth_required=bool(certificate), auth_require_tls=True)
    server = await loop.create_server(controller._factory_invoker, host="127.0.0.1", port=0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


asyncio.run(main(*(sys.argv[1:] or ["", ""])))
