namespace Broadside.NetStack.Simulation.Programs;

/// <content>Receiving: every byte in its turn, and the end only after the last.</content>
internal sealed partial class Endpoint
{
    private readonly Pattern _received;
    private bool _reads = true;
    private bool _discards;
    private bool _hasSeenEnd;
    private long _taken;
    private Extent _target;

    private void Read()
    {
        while (_reads && !_discards && _target.IsEmpty && _connection.Peek(out var buffer, out var offset) is > 0 and var length)
        {
            var part = _random.Chance(0.2) ? _random.Next(1, length + 1) : length;
            Take(buffer.Extent.Span.Slice(offset, part));
            _connection.Consume(part, Now);
        }

        if (_hasPeerClosed && !_hasSeenEnd && _connection.ReadableLength == 0 && !_discards)
        {
            SeeEnd();
        }
    }

    private void Take(ReadOnlySpan<byte> bytes)
    {
        Check(!_hasSeenEnd, "received bytes after their end");
        Check(_received.Matches(bytes, _taken), $"received wrong bytes between {_taken} and {_taken + bytes.Length}");
        _taken += bytes.Length;
        _world.Tally.BytesReceived += bytes.Length;
    }

    private void SeeEnd()
    {
        if (!_target.IsEmpty)
        {
            TakeTarget();
        }

        _hasSeenEnd = true;
        Check(
            Pair.At(Pair.Other(Host)).Any(peer => peer.IsShutDown && peer.Given == _taken),
            $"saw the end after {_taken} bytes, where no peer has ended");
    }

    private void ReceiveInto()
    {
        if (_target.IsEmpty && !_hasPeerClosed && Host.Arena.TryAllocate(_random.Magnitude(1, 100_000), out var extent))
        {
            _world.Tally.Targets++;
            _target = extent;
            _connection.ReceiveInto(extent, Now);
        }
    }

    // As much of it as was filled.
    private void TakeTarget()
    {
        var target = _target;
        _target = default;
        Take(target.Span[.._connection.TargetFilled]);
        Host.Arena.Free(target);
    }

    private void Discard()
    {
        if (!_target.IsEmpty)
        {
            TakeTarget();
        }

        _discards = true;
        _connection.DiscardReceived(Now);
    }
}
