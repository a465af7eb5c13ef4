-- What each machine told last of its volumes, so that the next owner of the service knows it while the machine is away.
CREATE TABLE machines (
    node {text} PRIMARY KEY,
    seen {int} NOT NULL,
    volumes {text} NOT NULL,
    shared {text} NOT NULL
){strict};
