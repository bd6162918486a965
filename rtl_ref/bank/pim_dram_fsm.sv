`include "pim_assert.svh"
`include "pim_pkg.svh"
// Row state machine of a DRAM bank: serves one stream of neighbouring columns after another, each command as early as
// the timings allow, and refreshes in between. The rules are those of core/dram/bank_timing.h, counted down
// instead of kept as points in time.
//
// Two row buffers (two_buffers): even and odd rows have one each, and the next row of a stream is opened while
// columns of the current one are read. Row commands of the two buffers and the column command have wires of their own.
module pim_dram_fsm (
    input logic clk_i,
    input logic rst_ni,

    input pim_pkg::dram_timing_t timing_i,

    // A stream: taken when the one before it has ended; its first command may issue in the next cycle.
    input  logic             req_valid_i,
    output logic             req_ready_o,
    input  pim_pkg::stream_t req_i,
    output logic             active_o,     // until the consumer is done with the last column

    output logic [ 1:0] act_o,        // per row buffer
    output logic [25:0] act_row0_o,
    output logic [25:0] act_row1_o,
    output logic [ 1:0] pre_o,        // per row buffer
    output logic        ref_o,
    output logic        col_valid_o,
    output logic [ 1:0] col_kind_o,   // column_kind_t
    output logic [25:0] col_row_o,
    output logic [14:0] col_index_o   // within the row
);
  localparam int TimeWidth = pim_pkg::TimeWidth;
  localparam int RefiWidth = pim_pkg::RefiWidth;
  localparam int WaitWidth = TimeWidth + 2;

  // ---- the stream in service
  pim_pkg::column_kind_t kind_q;
  logic [25:0] column_q, remain_q;
  logic [19:0] interval_q, wait_col_q;

  // ---- the two row buffers, packed: buffer 1 in the upper half
  logic [1:0] open_q;
  logic [25:0] row0_q, row1_q;
  logic [TimeWidth-1:0] age0_q, age1_q;      // since the activate, saturating
  logic [WaitWidth-1:0] ready0_q, ready1_q;  // until a precharge (open) or an activate (closed) may issue

  // ---- refresh: time since the last one fell due; below 0 never, far above t_refi when postponed
  logic signed [RefiWidth+1:0] elapsed_q;
  logic refreshing_q;

  logic signed [RefiWidth+1:0] due;  // until the next refresh falls due
  assign due = $signed({2'b00, timing_i.refresh_first}) - elapsed_q;
  logic past_due, past_deadline;
  assign past_due      = timing_i.refresh_enable && due <= 0;
  assign past_deadline = timing_i.refresh_enable && due + $signed({2'b00, timing_i.refresh_postpone}) <= 0;

  // ---- where the stream is
  logic [25:0] row, next_row;
  logic [14:0] in_row, row_mask;
  logic active, more_rows;
  assign active    = remain_q != 26'd0;
  assign row       = column_q >> timing_i.column_bits;
  assign next_row  = row + 26'd1;
  assign row_mask  = 15'((16'd1 << timing_i.column_bits) - 16'd1);
  assign in_row    = column_q[14:0] & row_mask;
  assign more_rows = remain_q > 26'(row_mask) - 26'(in_row) + 26'd1;

  logic here;  // buffer of the current row
  assign here = timing_i.two_buffers & row[0];

  // Of the current row's buffer, and of the other one.
  logic here_open, there_open, here_hit, there_hit;
  logic [WaitWidth-1:0] here_ready, there_ready;
  logic [TimeWidth-1:0] here_age, there_age;
  assign here_open   = here ? open_q[1] : open_q[0];
  assign there_open  = here ? open_q[0] : open_q[1];
  assign here_ready  = here ? ready1_q : ready0_q;
  assign there_ready = here ? ready0_q : ready1_q;
  assign here_age    = here ? age1_q : age0_q;
  assign there_age   = here ? age0_q : age1_q;
  assign here_hit    = here_open & ((here ? row1_q : row0_q) == row);
  assign there_hit   = there_open & ((here ? row0_q : row1_q) == next_row);

  // Cycles until a buffer may be activated, with the precharge before it if it is open.
  logic [WaitWidth-1:0] here_closed, there_closed, here_cycle, there_cycle, here_wait, there_wait;
  assign here_closed  = here_ready + (here_open ? WaitWidth'(timing_i.t_rp) : '0);
  assign there_closed = there_ready + (there_open ? WaitWidth'(timing_i.t_rp) : '0);
  assign here_cycle   = here_age >= timing_i.t_rc ? '0 : WaitWidth'(timing_i.t_rc) - WaitWidth'(here_age);
  assign there_cycle  = there_age >= timing_i.t_rc ? '0 : WaitWidth'(timing_i.t_rc) - WaitWidth'(there_age);
  assign here_wait    = here_closed > here_cycle ? here_closed : here_cycle;
  assign there_wait   = there_closed > there_cycle ? there_closed : there_cycle;

  // A refresh that falls due before the row could be opened goes first.
  logic refresh_here, refresh_there;
  assign refresh_here  = timing_i.refresh_enable && due <= $signed({1'b0, (RefiWidth + 1)'(here_wait)});
  assign refresh_there = timing_i.refresh_enable && due <= $signed({1'b0, (RefiWidth + 1)'(there_wait)});

  logic [TimeWidth-1:0] t_rcd;
  assign t_rcd = kind_q == pim_pkg::ColumnMac ? timing_i.t_rcd_mac : kind_q == pim_pkg::ColumnWrite ? timing_i.t_rcd_write : timing_i.t_rcd_read;

  // ---- refresh sequence: close what is open, refresh, again if another one is due by then
  logic all_ready, open_ready, refresh_begin, refreshing;
  assign all_ready  = ready0_q == '0 && ready1_q == '0;
  assign open_ready = (!open_q[0] || ready0_q == '0) && (!open_q[1] || ready1_q == '0);
  always_comb begin
    if (!active) refresh_begin = past_due && wait_col_q == '0 && all_ready;
    else if (here_hit) refresh_begin = past_deadline;
    else refresh_begin = refresh_here;
  end
  assign refreshing = refreshing_q | refresh_begin;

  logic close_all;
  assign close_all = refreshing && open_q != 2'b00 && open_ready;
  assign ref_o     = refreshing && open_q == 2'b00 && all_ready && past_due;

  // ---- row commands of the stream
  logic serve, here_pre, here_act, there_pre, there_act, prepare;
  assign serve     = active && !refreshing;
  assign here_pre  = serve && here_open && !here_hit && here_ready == '0;
  assign here_act  = serve && !here_open && here_wait == '0;
  assign prepare   = serve && timing_i.two_buffers && more_rows && (here_hit || here_act) && !there_hit && !refresh_there;
  assign there_pre = prepare && there_open && there_ready == '0;
  assign there_act = prepare && !there_open && there_wait == '0;

  assign act_o      = here ? {here_act, there_act} : {there_act, here_act};
  assign act_row0_o = here ? next_row : row;
  assign act_row1_o = here ? row : next_row;
  assign pre_o      = close_all ? open_q : here ? {here_pre, there_pre} : {there_pre, here_pre};

  // ---- columns
  assign col_valid_o = serve && here_hit && wait_col_q == '0 && here_age >= t_rcd;
  assign col_kind_o  = kind_q;
  assign col_row_o   = row;
  assign col_index_o = in_row;

  // A write holds its row until it has reached the cells.
  logic [WaitWidth-1:0] column_hold;
  assign column_hold = kind_q == pim_pkg::ColumnWrite ? WaitWidth'(timing_i.t_ccd) + WaitWidth'(timing_i.t_wr) : WaitWidth'(timing_i.t_rtp);

  // ---- the next stream is taken in the last cycle of the one before
  assign req_ready_o = !active && wait_col_q <= 20'd1;
  assign active_o    = active || wait_col_q != '0;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      kind_q     <= pim_pkg::ColumnRead;
      column_q   <= '0;
      remain_q   <= '0;
      interval_q <= '0;
      wait_col_q <= '0;
    end else begin
      if (wait_col_q != '0) wait_col_q <= wait_col_q - 20'd1;
      if (col_valid_o) begin
        wait_col_q <= interval_q - 20'd1;
        column_q   <= column_q + 26'd1;
        remain_q   <= remain_q - 26'd1;
      end
      if (req_valid_i && req_ready_o) begin
        kind_q     <= req_i.kind;
        column_q   <= req_i.column;
        remain_q   <= req_i.count;
        interval_q <= req_i.interval > 20'(timing_i.t_ccd) ? req_i.interval : 20'(timing_i.t_ccd);
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      elapsed_q    <= '0;
      refreshing_q <= 1'b0;
    end else begin
      elapsed_q <= elapsed_q + (RefiWidth + 2)'(1);
      if (ref_o) elapsed_q <= elapsed_q + (RefiWidth + 2)'(1) - $signed({2'b00, timing_i.t_refi});
      refreshing_q <= refreshing;
      if (ref_o) refreshing_q <= due + $signed({2'b00, timing_i.t_refi}) <= $signed((RefiWidth + 2)'(timing_i.t_rfc));
    end
  end

  // Buffers, both alike.
  pim_dram_row u_buffer0 (
      .clk_i,
      .rst_ni,
      .timing_i,
      .act_i        (act_o[0]),
      .row_i        (act_row0_o),
      .pre_i        (pre_o[0]),
      .ref_i        (ref_o),
      .col_i        (col_valid_o & ~here),
      .column_hold_i(column_hold),
      .open_o       (open_q[0]),
      .row_o        (row0_q),
      .age_o        (age0_q),
      .ready_o      (ready0_q)
  );
  pim_dram_row u_buffer1 (
      .clk_i,
      .rst_ni,
      .timing_i,
      .act_i        (act_o[1]),
      .row_i        (act_row1_o),
      .pre_i        (pre_o[1]),
      .ref_i        (ref_o & timing_i.two_buffers),
      .col_i        (col_valid_o & here),
      .column_hold_i(column_hold),
      .open_o       (open_q[1]),
      .row_o        (row1_q),
      .age_o        (age1_q),
      .ready_o      (ready1_q)
  );

`ifdef PIM_ASSERTIONS
  a_one_thing_at_a_time :
  assert property (@(posedge clk_i) ref_o |-> open_q == 2'b00);
  a_activate_closed :
  assert property (@(posedge clk_i) (act_o & open_q) == 2'b00);
  a_precharge_open :
  assert property (@(posedge clk_i) (pre_o & ~open_q) == 2'b00);
  a_request_waits :
  assert property (@(posedge clk_i) req_valid_i && !req_ready_o |=> req_valid_i && $stable(req_i));
  a_kind_is_one_of_three :
  assert property (@(posedge clk_i) req_valid_i |-> req_i.kind != 2'd3);
  a_column_of_the_open_row :
  assert property (@(posedge clk_i) col_valid_o |-> (here ? open_q[1] && row1_q == row : open_q[0] && row0_q == row));
  a_stream_ends_in_the_cells :
  assert property (@(posedge clk_i) req_valid_i |-> 27'(req_i.column) + 27'(req_i.count) <= 27'h4000000);
  a_request_is_work :
  assert property (@(posedge clk_i) req_valid_i |-> req_i.count != '0);
`endif
endmodule
