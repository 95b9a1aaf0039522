using Broadside.PacketScripts.Parsing;
using Broadside.PacketScripts.Running;

namespace Broadside.PacketScripts.Tests.Running;

/// <summary>Runs scripts against a stack that does as it is told.</summary>
public abstract class RunnerTest
{
    private protected static readonly string[] Handshake =
    [
        "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3",
        "+0 bind(3, ..., ...) = 0",
        "+0 listen(3, 1) = 0",
        "+0 < S 0:0(0) win 32792 <mss 1000,sackOK,TS val 100 ecr 0>",
        "+0 > S. 0:0(0) ack 1 <mss 1460,sackOK,TS val 500 ecr 100>",
        "+.1 < . 1:1(0) ack 1 win 257 <nop,nop,TS val 200 ecr 500>",
        "+0 accept(3, ..., ...) = 4",
    ];

    private protected FakeStack? Stack { get; private set; }

    private protected string Run(string script, Action<FakeStack>? arrange = null, bool isStrict = true)
    {
        var outcome = ScriptRunner.Run(ScriptParser.Parse(script), settings => Make(settings, arrange), isStrict);
        Assert.True(Stack is null or { IsDisposed: true });
        return outcome.Verdict == ScriptVerdict.Passed ? "ok" : $"{outcome.Verdict}: {outcome.Message}";
    }

    /// <summary>Runs a script behind a handshake; its first line is line 8.</summary>
    private protected string RunConnected(string script, Action<FakeStack>? arrange = null, bool isStrict = true) =>
        Run(string.Join('\n', [.. Handshake, script]), stack =>
        {
            stack.Reply("> S. 0:0(0) ack 1 <mss 1460,sackOK,TS val 7000 ecr 100>");
            stack.Reply();
            arrange?.Invoke(stack);
        }, isStrict);

    private FakeStack Make(StackSettings settings, Action<FakeStack>? arrange)
    {
        Stack = new(settings);
        arrange?.Invoke(Stack);
        return Stack;
    }
}
