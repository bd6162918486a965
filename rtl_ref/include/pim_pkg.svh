// Types that the modules of the bank hand each other.
//
// What Verilator 5.006, Icarus 11 and yosys 0.23 all read: names with `pim_pkg::` before them (yosys knows no import), no struct
// within a struct, no assignment patterns and no casts to a type. Members are assigned one by one, so their order means
// nothing. Icarus reads every member as unsigned and selects no bit of one by a variable.
`ifndef PIM_PKG_SVH
`define PIM_PKG_SVH

package pim_pkg;
  localparam int TimeWidth = 12;  // timings of a row
  localparam int RefiWidth = 28;  // refresh intervals, times the number that may be postponed

  // What a column is issued for.
  typedef enum logic [1:0] {
    ColumnRead  = 2'd0,
    ColumnMac   = 2'd1,
    ColumnWrite = 2'd2
  } column_kind_t;

  typedef enum logic [2:0] {
    BankIdle    = 3'd0,
    BankDecode  = 3'd1,
    BankColumns = 3'd2,
    BankDrain   = 3'd3,
    BankSoftmax = 3'd4,
    BankStore   = 3'd5
  } bank_state_t;

  // The straps of the row state machine. All timings in clock cycles: t_ccd >= 2; t_rcd_*, t_rp, t_rtp >= 1.
  typedef struct packed {
    logic [TimeWidth-1:0] t_rcd_read;
    logic [TimeWidth-1:0] t_rcd_mac;
    logic [TimeWidth-1:0] t_rcd_write;
    logic [TimeWidth-1:0] t_rp;
    logic [TimeWidth-1:0] t_ras;
    logic [TimeWidth-1:0] t_rc;
    logic [TimeWidth-1:0] t_ccd;
    logic [TimeWidth-1:0] t_wr;
    logic [TimeWidth-1:0] t_rtp;
    logic [TimeWidth-1:0] t_rfc;
    logic [RefiWidth-1:0] t_refi;
    logic [RefiWidth-1:0] refresh_first;     // when the first refresh falls due
    logic [RefiWidth-1:0] refresh_postpone;  // how long columns may go on after that
    logic                 refresh_enable;
    logic                 two_buffers;
    logic [3:0]           column_bits;       // a row has 2^column_bits columns
  } dram_timing_t;

  // A stream of neighbouring columns.
  typedef struct packed {
    column_kind_t kind;
    logic [25:0]  column;    // first one in the bank
    logic [25:0]  count;     // at least 1
    logic [19:0]  interval;  // cycles the consumer needs for a column; t_ccd if that is more
  } stream_t;

  // What pim_command_decoder has worked out; it stays until the next command.
  typedef struct packed {
    logic        is_mac;
    logic        is_score;
    logic        is_softmax;
    logic        is_pv;
    logic        is_store;
    logic        is_fill;
    logic        raw;
    logic        accumulate;
    logic [19:0] vectors;
    logic [5:0]  slots;         // cycles a column of the cache takes for one vector
    logic [19:0] interval;      // a column for all of them
    // MAC
    logic [18:0] record_bytes;  // activation record; SCORE: query record; STORE: KV record
    logic [18:0] shift_offset;  // of the shifts in an activation record; SCORE: of the exponents
    logic [11:0] groups;
    logic [7:0]  meta_columns;  // of a weight row
    logic [11:0] row_columns;   // of a weight row, with its meta
    // attention: of the banks of a head
    logic [11:0] token_bytes;   // codes of a cached token
    logic [5:0]  pieces;        // tokens in a column of codes
    logic [20:0] held_first;    // cached tokens the first token of the tile sees; STORE: held before
    logic [20:0] held_last;     // the last token; STORE: held after
    logic [7:0]  turn;          // of the first token: whose it is
    logic [7:0]  member;        // whose turn is this bank's
  } decoded_t;

  // Fields of the descriptor that the units take as they are, from pim_command_fields.
  typedef struct packed {
    logic [21:0] bram_in;
    logic [21:0] bram_out;
    logic [19:0] pitch;             // of results or scores, in elements
    // format of weights or cached codes
    logic        one_lane;            // a code has a lane: weights of up to 5 bits, cached codes of 4
    logic        two_lanes;           // two: weights and codes of 8 bits; else four
    logic        three;             // bits of a weight: 3, 5, 8 or else 4
    logic        five;
    logic        eight;
    logic        sparse8;           // kept of 16 weights; else all
    logic        sparse4;
    logic        sparse2;
    logic        a16;               // operands of 16 bits
    logic        group32;           // weights that share a scale: 32, 64 or else 128
    logic        group64;
    logic        zeros;             // zero points are stored
    logic        keep;              // leave 64-bit sums
    logic        round_later;       // and round them when all are there
    // MAC
    logic [20:0] rows;
    logic [11:0] halves;            // of a line: 32 weights of a row each
    logic [15:0] weight_exponent;   // signed
    // attention
    logic [7:0]  heads;
    logic [10:0] head_dim;          // in elements
    logic [4:0]  kv_bits;
    logic [7:0]  members;
    logic [15:0] multiplier;
    logic [15:0] multiplier_shift;
    // STORE
    logic [25:0] column_k;          // of the regions
    logic [25:0] column_v;
    logic [20:0] store_tokens;      // in each half of the records
    // what the result pass writes all over
    logic [21:0] clear_bytes;
    logic [31:0] clear_value;
  } fields_t;

  // Runs that the mask keeps, in blocks of 64 cached tokens: the first, the one at hand, and the next.
  typedef struct packed {
    logic [8:0] first;       // where the first of all begins
    logic [8:0] run_end;     // the block after the run
    logic       run_open;    // it goes on to the last token
    logic       next_valid;
    logic [8:0] next_begin;
    logic [8:0] next_end;
    logic       next_open;
  } runs_t;

  // One line of weights or one cached token meets one vector; its operands come one cycle later.
  typedef struct packed {
    logic        valid;
    logic        old;          // no column's: the sum that lies there, to begin with
    logic [5:0]  vector_index;
    logic        begins;       // its sum
    logic        ends;         // its sum is complete
    logic [5:0]  shift;        // bytes from the column before this one to its codes
    logic [3:0]  blocks;       // sparse: those of its four blocks that are in the column
    logic [11:0] group;        // MAC: of its first weight
    logic        half;         // only the lower half of the line counts
    logic [4:0]  token;        // of the block
    logic [8:0]  sums;         // PV: index of the sums
    logic [1:0]  scalar_byte;  // where the scalar begins in its word
    logic [19:0] result_word;
  } beat_t;

  // Of BRAM, in words.
  typedef struct packed {
    logic        req;
    logic [19:0] word;
  } bram_read_t;

  typedef struct packed {
    logic        req;
    logic [19:0] word;
    logic [8:0]  bytes;
  } bram_write_t;
endpackage

// Icarus looks for the types where they are used.
`ifdef __ICARUS__
import pim_pkg::column_kind_t, pim_pkg::bank_state_t, pim_pkg::dram_timing_t, pim_pkg::stream_t, pim_pkg::decoded_t;
import pim_pkg::fields_t, pim_pkg::runs_t, pim_pkg::beat_t, pim_pkg::bram_read_t, pim_pkg::bram_write_t;
`endif
`endif
