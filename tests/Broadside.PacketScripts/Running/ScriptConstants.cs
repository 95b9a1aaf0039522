using Broadside.PacketScripts.Parsing;
using Broadside.PacketScripts.Sockets;

namespace Broadside.PacketScripts.Running;

/// <summary>The numbers behind the names in system calls, as Linux has them.</summary>
internal static class ScriptConstants
{
    public const int NonBlocking = 0x800;
    public const int ReadWrite = 2;
    public const int MessageDontWait = 0x40;
    public const int MessagePeek = 0x2;
    public const int MessageMore = 0x8000;
    public const int MessageNoSignal = 0x4000;

    private static readonly Dictionary<string, long> Values = new()
    {
        ["AF_INET"] = 2,
        ["AF_INET6"] = 10,
        ["PF_INET"] = 2,
        ["PF_INET6"] = 10,
        ["SOCK_STREAM"] = 1,
        ["SOCK_DGRAM"] = 2,
        ["SOCK_NONBLOCK"] = NonBlocking,
        ["SOCK_CLOEXEC"] = 0x8_0000,
        ["IPPROTO_IP"] = 0,
        ["IPPROTO_TCP"] = 6,
        ["IPPROTO_UDP"] = 17,
        ["SHUT_RD"] = 0,
        ["SHUT_WR"] = 1,
        ["SHUT_RDWR"] = 2,
        ["F_GETFL"] = 3,
        ["F_SETFL"] = 4,
        ["O_RDONLY"] = 0,
        ["O_RDWR"] = ReadWrite,
        ["O_NONBLOCK"] = NonBlocking,
        ["MSG_DONTWAIT"] = MessageDontWait,
        ["MSG_PEEK"] = MessagePeek,
        ["MSG_MORE"] = MessageMore,
        ["MSG_NOSIGNAL"] = MessageNoSignal,
        ["POLLIN"] = (long)PollEvents.In,
        ["POLLRDNORM"] = 0x40,
        ["POLLOUT"] = (long)PollEvents.Out,
        ["POLLWRNORM"] = 0x100,
        ["POLLERR"] = (long)PollEvents.Error,
        ["POLLHUP"] = (long)PollEvents.HangUp,
        ["POLLNVAL"] = (long)PollEvents.Invalid,
        ["POLLRDHUP"] = (long)PollEvents.ReadHangUp,
        ["IP_PMTUDISC_DONT"] = 0,
        ["IP_PMTUDISC_WANT"] = 1,
        ["IP_PMTUDISC_DO"] = 2,
        ["IP_PMTUDISC_PROBE"] = 3,
    };

    /// <exception cref="FormatException">The name is none that the runner knows, or the expression no number.</exception>
    public static long Evaluate(Expression expression) => expression switch
    {
        IntegerExpression integer => integer.Value,
        OrExpression or => Evaluate(or.Left) | Evaluate(or.Right),
        WordExpression word when Values.TryGetValue(word.Name, out var value) => value,
        WordExpression word when Enum.TryParse<Errno>(word.Name, out var errno) => (long)errno,
        CallExpression { Name: "htons" or "htonl", Arguments: [var argument] } => Evaluate(argument),
        WordExpression word => throw new FormatException($"{word.Name} is not known"),
        _ => throw new FormatException($"{expression} is no number"),
    };
}
