%% How a private RabbitMQ is found and asked, without epmd.
%%
%% Erlang's own way to find a node is epmd: a daemon that stays behind when the node has gone, and listens on a port of
%% its own. A private node has one known port, so this module takes epmd's place (-epmd_module lang_nghe_node).
-module(lang_nghe_node).
-export([start_link/0, register_node/2, register_node/3, listen_port_please/2, port_please/2, port_please/3,
         address_please/3, names/0, names/1]).
-export([ask/0]).

-define(NAME, "rabbit").
-define(NODE, rabbit@localhost).
-define(PROTOCOL, 6).

start_link() -> ignore.

register_node(Name, Port) -> register_node(Name, Port, inet).
register_node(_Name, _Port, _Family) -> {ok, rand:uniform(16#7fffffff)}.

listen_port_please(?NAME, _Host) -> {ok, port()};
listen_port_please(_Client, _Host) -> {ok, 0}.

port_please(Name, Host) -> port_please(Name, Host, infinity).
port_please(?NAME, _Host, _Limit) -> {port, port(), ?PROTOCOL};
port_please(_Client, _Host, _Limit) -> noport.

address_please(?NAME, _Host, _Family) -> {ok, {127, 0, 0, 1}, port(), ?PROTOCOL};
address_please(_Client, _Host, _Family) -> {error, nxdomain}.

%% RabbitMQ looks here for another node of its name before it starts. Which one runs is known by the lock on its folder.
names() -> names("localhost").
names(_Host) -> {ok, []}.

port() -> list_to_integer(os:getenv("RABBITMQ_DIST_PORT")).

%% Evaluates the expression in LANG_NGHE_ASKED inside the node and prints what it gives: text as it is, all else as Erlang writes it.
ask() ->
    {ok, Tokens, _} = erl_scan:string(os:getenv("LANG_NGHE_ASKED")),
    {ok, Expressions} = erl_parse:parse_exprs(Tokens),
    case rpc:call(?NODE, erl_eval, exprs, [Expressions, []]) of
        {value, Text, _Bindings} when is_binary(Text) -> file:write(standard_io, Text), halt(0);
        {value, Value, _Bindings} -> io:format("~0tp", [Value]), halt(0);
        {badrpc, Reason} -> io:format(standard_error, "~0tp", [Reason]), halt(1)
    end.
