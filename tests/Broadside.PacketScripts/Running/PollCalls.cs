using Broadside.PacketScripts.Parsing;
using Broadside.PacketScripts.Sockets;

namespace Broadside.PacketScripts.Running;

/// <summary>poll, which waits until sockets are ready or time is up.</summary>
internal sealed class PollCalls(IScriptSockets sockets, DescriptorTable descriptors, Func<TimeSpan> clock)
{
    private const PollEvents AlwaysReported = PollEvents.Error | PollEvents.HangUp | PollEvents.Invalid;

    /// <summary>poll([{fd=4, events=POLLIN, revents=POLLIN}], 1, milliseconds)</summary>
    public PendingCall Poll(CallArguments arguments)
    {
        if (arguments[0] is not ArrayExpression { Items: var items })
        {
            throw new FormatException("an array is needed");
        }

        var entries = items.Select(PollEntry.From).ToArray();
        var milliseconds = arguments.Number(2);
        var deadline = clock() + TimeSpan.FromMilliseconds(Math.Max(0, milliseconds));
        return new(() => Attempt(entries, milliseconds >= 0 ? deadline : null), milliseconds > 0 ? deadline : null);
    }

    private SocketResult? Attempt(PollEntry[] entries, TimeSpan? deadline)
    {
        var reported = Array.ConvertAll(entries, ReportedFor);
        var ready = reported.Count(events => events != PollEvents.None);
        if (ready == 0 && !(deadline <= clock()))
        {
            return null;
        }

        for (var index = 0; index < entries.Length; index++)
        {
            if (entries[index].Expected is { } expected && expected != reported[index])
            {
                throw new ScriptFailedException(
                    $"expected revents {expected} on descriptor {entries[index].Descriptor}, got {reported[index]}");
            }
        }

        return new SocketResult(ready);
    }

    private PollEvents ReportedFor(PollEntry entry) =>
        descriptors.Find(entry.Descriptor) is { } socket ? sockets.Poll(socket.Handle) & (entry.Requested | AlwaysReported) : PollEvents.Invalid;

    private sealed record PollEntry(int Descriptor, PollEvents Requested, PollEvents? Expected)
    {
        public static PollEntry From(Expression expression)
        {
            var fields = expression as StructureExpression ?? throw new FormatException($"{expression} is no pollfd");
            var descriptor = fields.Field("fd") ?? throw new FormatException("fd is missing");
            var events = fields.Field("events") ?? throw new FormatException("events is missing");
            var expected = fields.Field("revents");
            return new(
                (int)ScriptConstants.Evaluate(descriptor),
                (PollEvents)ScriptConstants.Evaluate(events),
                expected is null or EllipsisExpression ? null : (PollEvents)ScriptConstants.Evaluate(expected));
        }
    }
}
