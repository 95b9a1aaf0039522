using Broadside.NetStack.Tcp;

namespace Broadside.NetStack.Simulation.Programs;

/// <content>What it does, one thing after the other, and how it ends.</content>
internal sealed partial class Endpoint
{
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(5);

    private readonly Ending _ending;
    private int _stepsLeft;
    private Waits _waits;
    private bool _isClosing;

    /// <summary>What is waited for before the next thing is done.</summary>
    private enum Waits : byte
    {
        Nothing,
        Time,
        Acknowledgments,
        PeerClosed,
        Ever,
    }

    private enum Ending : byte
    {
        /// <summary>Ends its direction and waits for the peer to end the other.</summary>
        Orderly,

        /// <summary>Ends its direction only after the peer has.</summary>
        AfterPeer,

        /// <summary>Ends its direction, reads no more, and leaves the connection to the stack as soon as all is acknowledged.</summary>
        Leaving,

        Aborting,
    }

    /// <summary>From now on all it does is to end.</summary>
    public void Finish()
    {
        if (IsOver)
        {
            return;
        }

        _stepsLeft = 0;
        _reads = true;
        Read();
        if (_waits != Waits.Ever)
        {
            _waits = Waits.Nothing;
            Proceed();
        }
    }

    /// <summary>Ends what can never end by itself: the peer is gone and its reset was lost, and nothing is left to be sent that would tell.</summary>
    public void GiveUpHalfOpen()
    {
        if (!IsOver && _connection.State == TcpState.FinWait2 && Pair.At(Pair.Other(Host)).All(peer => peer.IsOver))
        {
            _world.Tally.HalfOpen++;
            Abort();
        }
    }

    private void Proceed()
    {
        if (!_isEstablished || IsOver || _connection.IsClosed)
        {
            return;
        }

        if (_isClosing)
        {
            LeaveIfDone();
            return;
        }

        _waits = _waits switch
        {
            Waits.Acknowledgments when _outstanding.Count == 0 => Waits.Nothing,
            Waits.PeerClosed when _hasPeerClosed => Waits.Nothing,
            _ => _waits,
        };
        while (_waits == Waits.Nothing && !_connection.IsClosed)
        {
            if (_stepsLeft-- > 0)
            {
                TakeStep();
            }
            else
            {
                End();
            }
        }
    }

    private void TakeStep()
    {
        switch (_random.Next(12))
        {
            case < 5:
                Send();
                break;
            case 5 or 6:
                Rest();
                break;
            case 7:
                PauseReading();
                break;
            case 8:
                ReceiveInto();
                break;
            case 9:
                _waits = _outstanding.Count > 0 ? Waits.Acknowledgments : Waits.Nothing;
                break;
            case 10:
                Cork();
                break;
            case 11 when _random.Chance(0.1):
                Abort();
                break;
        }
    }

    private void Rest()
    {
        _waits = Waits.Time;
        _world.Agenda.At(Now + DrawTime(), () =>
        {
            if (_waits == Waits.Time && !IsOver)
            {
                _waits = Waits.Nothing;
                Proceed();
            }
        });
    }

    private void PauseReading()
    {
        _reads = false;
        _world.Agenda.At(Now + DrawTime(), () =>
        {
            if (!IsOver)
            {
                _reads = true;
                Read();
                Proceed();
            }
        });
    }

    // The stack holds small segments back until the cork is pulled and there is something to send with.
    private void Cork()
    {
        _connection.IsCorked = true;
        Send();
        _world.Agenda.At(Now + DrawTime(), () =>
        {
            if (!IsOver && !_isShutDown)
            {
                _connection.IsCorked = false;
                Send();
            }
        });
    }

    private void End()
    {
        switch (_ending)
        {
            case Ending.Aborting:
                Abort();
                break;
            case Ending.AfterPeer when !_hasPeerClosed && !_world.IsFinishing:
                _waits = Waits.PeerClosed;
                break;
            case Ending.Leaving:
                _waits = Waits.Ever;
                _isClosing = true;
                ShutDown();
                Discard();
                break;
            default:
                _waits = Waits.Ever;
                ShutDown();
                break;
        }
    }

    private void LeaveIfDone()
    {
        if (_connection.IsFinAcknowledged && !_connection.IsClosed)
        {
            Check(_outstanding.Count == 0, "has had its end of stream acknowledged, but not all before it");
            _world.Tally.Left++;
            _connection.Orphan(Now);
            IsOver = true;
        }
    }

    private TimeSpan DrawTime() => _random.Magnitude(TimeSpan.FromMicroseconds(10), LongestRest);

    private Ending DrawEnding() => _random.Next(10) switch
    {
        < 5 => Ending.Orderly,
        < 7 => Ending.AfterPeer,
        < 9 => Ending.Leaving,
        _ => Ending.Aborting,
    };
}
