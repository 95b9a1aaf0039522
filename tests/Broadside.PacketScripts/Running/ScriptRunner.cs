using Broadside.PacketScripts.Parsing;

namespace Broadside.PacketScripts.Running;

/// <summary>
/// Runs a script against a stack in virtual time. Events run in order: what the script does is done at its time; what it expects is
/// waited for, no longer than it may take.
/// </summary>
internal sealed class ScriptRunner
{
    /// <summary>How long a packet is waited for that may come at any time.</summary>
    private static readonly TimeSpan MaximumWait = TimeSpan.FromHours(3);

    private readonly ScriptConfiguration _configuration;
    private readonly bool _isStrict;
    private readonly StackDriver _driver;
    private readonly FlowTable _flows;
    private readonly SystemCalls _calls;
    private readonly PacketMatcher _matcher;
    private readonly EventClock _clock;
    private int _line;
    private BlockingCall? _blocking;

    private ScriptRunner(ScriptConfiguration configuration, IStackUnderTest stack, bool isStrict)
    {
        _configuration = configuration;
        _isStrict = isStrict;
        _driver = new(stack, RetryBlockingCall);
        _flows = new(configuration);
        _calls = new(configuration, stack.Sockets, _flows, () => _driver.Now);
        _matcher = new(configuration, isStrict);
        _clock = new(configuration.Tolerance, configuration.ToleranceFraction);
    }

    /// <param name="script">The script.</param>
    /// <param name="factory">Makes the stack with the script's settings.</param>
    /// <param name="isStrict">
    /// Whether what packetdrill lets pass fails too: packets that nothing expects at the end, wrong echoes of timestamps.
    /// </param>
    public static ScriptOutcome Run(Script script, Func<StackSettings, IStackUnderTest> factory, bool isStrict)
    {
        if (!script.Options.Any(option => option.Name == "ignore_code")
            && script.Events.FirstOrDefault(scriptEvent => scriptEvent.Action is CodeBlock) is { } code)
        {
            return ScriptOutcome.Skipped($"line {code.Line}: a code block");
        }

        try
        {
            var configuration = ScriptConfiguration.From(script);
            using var stack = factory(configuration.Stack);
            return new ScriptRunner(configuration, stack, isStrict).Run(script);
        }
        catch (ScriptSyntaxException exception)
        {
            return ScriptOutcome.Invalid(exception);
        }
        catch (ScriptUnsupportedException exception)
        {
            return ScriptOutcome.Skipped(exception.Message);
        }
    }

    private ScriptOutcome Run(Script script)
    {
        try
        {
            for (var index = 0; index < script.Events.Count; index++)
            {
                _line = script.Events[index].Line;
                _clock.Begin(script.Events[index].Time, _driver.Now, isFirst: index == 0);
                Run(script.Events[index].Action, script.Events[index].Time.Kind);
            }

            AwaitBlockingCall();
            RequireNothingLeft();
            return ScriptOutcome.Passed;
        }
        catch (ScriptFailedException exception)
        {
            return ScriptOutcome.Failed(_line, exception.Message);
        }
        finally
        {
            _calls.CloseAll();
        }
    }

    private void Run(ScriptAction action, EventTimeKind timeKind)
    {
        switch (action)
        {
            case ScriptPacket { IsOutbound: true } packet:
                Expect(packet, timeKind == EventTimeKind.Any ? _driver.Now + MaximumWait : _clock.Latest, timeKind == EventTimeKind.Any);
                break;
            case ScriptPacket packet:
                AdvanceToStart("inject");
                Inject(packet);
                break;
            case SystemCall call:
                AdvanceToStart("call");
                Start(call);
                break;
            case ShellCommand command:
                AdvanceToStart("run");
                RequireNoChange(command);
                break;
        }
    }

    // Time may have passed an absolute one while a packet was waited for.
    private void AdvanceToStart(string verb)
    {
        _driver.AdvanceTo(_clock.Start);
        if (!_clock.IsInTime(_driver.Now))
        {
            throw new ScriptFailedException(
                $"expected to {verb} at {ScriptPrinter.PrintSeconds(_clock.Start)} s, got there at {ScriptPrinter.PrintSeconds(_driver.Now)} s");
        }
    }

    // Settings are made before the stack is.
    private void RequireNoChange(ShellCommand command)
    {
        if (StackControls.Apply(_configuration.Stack, command) != _configuration.Stack)
        {
            throw new ScriptUnsupportedException(_line, "the stack's settings do not change as it runs");
        }
    }

    private void Inject(ScriptPacket packet)
    {
        var flow = _flows.For(packet);
        var transport = packet.Transport switch
        {
            TcpFields tcp => flow.ToWire(tcp, _configuration.ScalesTimestampEchoes),
            IcmpFields { Quoted: { } quoted } icmp => icmp with { Quoted = quoted with { Sequence = flow.ToWire(quoted.Sequence) } },
            IcmpFields { Quoted: null } icmp when !icmp.Type.StartsWith("echo", StringComparison.Ordinal) =>
                icmp with { Quoted = new(NetStack.Wire.InternetProtocol.Tcp, flow.ToWire(0), 0) },
            var other => other,
        };
        if (packet.Transport is TcpFields injected)
        {
            flow.Injected(injected);
        }

        _driver.Inject(PacketEncoder.Encode(packet with { Transport = transport }, flow.Remote, flow.Local));
    }

    private void Expect(ScriptPacket expected, TimeSpan latest, bool atAnyTime)
    {
        var flow = _flows.For(expected);
        if (!TryTake(flow, expected, latest, out var captured))
        {
            throw new ScriptFailedException(
                $"expected {ScriptPrinter.Print(expected)}, got nothing up to {ScriptPrinter.PrintSeconds(_driver.Now)} s");
        }

        if (captured.Packet.Transport is TcpFields first && expected.Transport is TcpFields tcp)
        {
            flow.Learn(tcp, first);
            captured = captured with { Packet = captured.Packet with { Transport = flow.ToScript(Aggregate(flow, tcp, first, latest)) } };
        }

        if (!_matcher.Matches(expected, captured.Packet))
        {
            throw new ScriptFailedException($"expected {ScriptPrinter.Print(expected)}, got {Describe(captured, expected)}");
        }

        if (!atAnyTime && !_clock.IsInTime(captured.Time))
        {
            throw new ScriptFailedException(
                $"expected {ScriptPrinter.Print(expected)} at {PrintExpectedTime()} s, got it at {ScriptPrinter.PrintSeconds(captured.Time)} s");
        }
    }

    // Packets that belong to none of the script's connections are none of its business.
    private bool TryTake(ScriptFlow expectedFlow, ScriptPacket expected, TimeSpan latest, out CapturedPacket captured)
    {
        while (true)
        {
            _driver.AdvanceTo(latest, stopAtPacket: true);
            if (!_driver.Captured.TryDequeue(out captured!))
            {
                return false;
            }

            var owner = _flows.Owner(captured);
            if (owner == expectedFlow)
            {
                return true;
            }

            if (owner is not null)
            {
                throw new ScriptFailedException(
                    $"expected {ScriptPrinter.Print(expected)}, got a packet to another port: {Describe(captured, expected)}");
            }
        }
    }

    /// <summary>
    /// Joins segments that follow one another until they are as long as the one expected: scripts may count on a device that cuts them.
    /// </summary>
    private TcpFields Aggregate(ScriptFlow flow, TcpFields expected, TcpFields first, TimeSpan latest)
    {
        var (whole, previous) = (first, first);
        while (whole.PayloadLength > 0 && whole.PayloadLength < expected.PayloadLength && !_configuration.StrictSegments)
        {
            _driver.AdvanceTo(latest, stopAtPacket: true);
            if (!_driver.Captured.TryPeek(out var next)
                || _flows.Owner(next) != flow
                || next.Packet.Transport is not TcpFields tcp
                || !SegmentAggregation.Continues(whole, previous, tcp, expected.PayloadLength))
            {
                break;
            }

            _driver.Captured.Dequeue();
            (whole, previous) = (SegmentAggregation.Join(whole, tcp), tcp);
        }

        return whole;
    }

    private void Start(SystemCall call)
    {
        AwaitBlockingCall();
        var pending = _calls.Start(call, _line);
        if (pending.Attempt() is { } result)
        {
            _calls.Complete(call, result, _line);
            RequireReturnInTime(call, call.End is { } end ? _clock.Origin + end : null);
        }
        else if (call.End is { } end)
        {
            _blocking = new(_line, call, pending, _clock.Origin + end);
            _driver.CallDeadline = pending.Deadline;
        }
        else
        {
            throw new ScriptFailedException($"expected {ScriptPrinter.Print(call)}, got no return: it blocks");
        }

        _driver.Settle();
    }

    // Called whenever the stack has done something.
    private void RetryBlockingCall()
    {
        if (_blocking is not { Result: null } blocking || blocking.Pending.Attempt() is not { } result)
        {
            return;
        }

        // From here on a failure is the call's, whichever event is waited for.
        var line = _line;
        _line = blocking.Line;
        _blocking = null;
        _driver.CallDeadline = null;
        _calls.Complete(blocking.Call, result, blocking.Line);
        RequireReturnInTime(blocking.Call, blocking.End);
        _line = line;
    }

    private void AwaitBlockingCall()
    {
        if (_blocking is { } blocking)
        {
            _driver.AdvanceTo(_clock.LatestFor(blocking.End));
            if (_blocking is not null)
            {
                _line = blocking.Line;
                throw new ScriptFailedException(
                    $"expected {ScriptPrinter.Print(blocking.Call)} by {ScriptPrinter.PrintSeconds(blocking.End)} s, got no return");
            }
        }
    }

    private void RequireReturnInTime(SystemCall call, TimeSpan? end)
    {
        if (end is { } expected && !_clock.IsInTime(expected, _driver.Now))
        {
            throw new ScriptFailedException(
                $"expected {ScriptPrinter.Print(call)} to return at {ScriptPrinter.PrintSeconds(expected)} s, "
                + $"got its return at {ScriptPrinter.PrintSeconds(_driver.Now)} s");
        }
    }

    private void RequireNothingLeft()
    {
        while (_isStrict && _driver.Captured.TryDequeue(out var captured))
        {
            if (_flows.Owner(captured) is { } flow)
            {
                var packet = captured.Packet.Transport is TcpFields tcp ? captured.Packet with { Transport = flow.ToScript(tcp) } : captured.Packet;
                throw new ScriptFailedException(
                    $"expected nothing more, got {ScriptPrinter.Print(packet with { Network = NetworkFields.Unspecified })}"
                    + $" at {ScriptPrinter.PrintSeconds(captured.Time)} s");
            }
        }
    }

    private string PrintExpectedTime() => _clock.Start == _clock.End
        ? ScriptPrinter.PrintSeconds(_clock.Start)
        : $"{ScriptPrinter.PrintSeconds(_clock.Start)}~{ScriptPrinter.PrintSeconds(_clock.End)}";

    private static string Describe(CapturedPacket captured, ScriptPacket expected) =>
        ScriptPrinter.Print(PacketMatcher.Reduce(captured.Packet, expected));
}
