"""A mail server for tests: prints its port, then each message that it takes as one line of JSON. Ends with its standard input."""
import asyncio, json, ssl, sys

from aiosmtpd.controller import UnthreadedController
from aiosmtpd.smtp import AuthResult, LoginPassword


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
    return AuthResult(success=isinstance(data, LoginPassword) and data.login == b"holdfast" and data.password == b"pass word", handled=False)


async def main(certificate, key):
    context = None
    if certificate:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate, key)
    loop = asyncio.get_running_loop()
    controller = UnthreadedController(
        Handler(), hostname="127.0.0.1", port=0, loop=loop, tls_context=context, require_starttls=bool(certificate),
        authenticator=authenticate, auth_required=bool(certificate), auth_require_tls=True)
    server = await loop.create_server(controller._factory_invoker, host="127.0.0.1", port=0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


asyncio.run(main(*(sys.argv[1:] or ["", ""])))
