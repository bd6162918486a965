`include "pim_assert.svh"
// Row state machine of a DRAM bank: serves one stream of neighbouring columns after another, each command as early as
// the timings allow, and refreshes in between. The rules are those of core/dram/bank_timing.h, counted down
// instead of kept as points in time.
//
// Two row buffers (two_buffers_i): even and odd rows have one each, and the next row of a stream is opened while
// columns of the current one are read. Row commands of the two buffers and the column command have wires of their own.
//
// All timings in clock cycles. t_ccd_i >= 2; t_rcd_*_i, t_rp_i, t_rtp_i >= 1.
module pim_dram_fsm #(
    parameter int TimeWidth = 12,   // timings of a row
    parameter int RefiWidth = 28    // refresh intervals, times the number that may be postponed
) (
    input logic clk_i,
    input logic rst_ni,

    input logic [TimeWidth-1:0] t_rcd_read_i,
    input logic [TimeWidth-1:0] t_rcd_mac_i,
    input logic [TimeWidth-1:0] t_rcd_write_i,
    input logic [TimeWidth-1:0] t_rp_i,
    input logic [TimeWidth-1:0] t_ras_i,
    input logic [TimeWidth-1:0] t_rc_i,
    input logic [TimeWidth-1:0] t_ccd_i,
    input logic [TimeWidth-1:0] t_wr_i,
    input logic [TimeWidth-1:0] t_rtp_i,
    input logic [TimeWidth-1:0] t_rfc_i,
    input logic [RefiWidth-1:0] t_refi_i,
    input logic [RefiWidth-1:0] refresh_first_i,     // when the first refresh falls due
    input logic [RefiWidth-1:0] refresh_postpone_i,  // how long columns may go on after that
    input logic                 refresh_enable_i,
    input logic                 two_buffers_i,
    input logic [          3:0] column_bits_i,       // a row has 2^column_bits columns

    // A stream: taken when the one before it has ended; its first command may issue in the next cycle.
    input  logic        req_valid_i,
    output logic        req_ready_o,
    input  logic [ 1:0] req_kind_i,      // 0 read, 1 MAC, 2 write
    input  logic [25:0] req_column_i,    // first column in the bank
    input  logic [25:0] req_count_i,     // at least 1
    input  logic [19:0] req_interval_i,  // cycles the consumer needs for a column; t_ccd if that is more
    output logic        active_o,        // until the consumer is done with the last column

    output logic [ 1:0] act_o,        // per row buffer
    output logic [25:0] act_row0_o,
    output logic [25:0] act_row1_o,
    output logic [ 1:0] pre_o,        // per row buffer
    output logic        ref_o,
    output logic        col_valid_o,
    output logic [ 1:0] col_kind_o,
    output logic [25:0] col_row_o,
    output logic [14:0] col_index_o   // within the row
);
  localparam logic [1:0] KindMac = 2'd1;
  localparam logic [1:0] KindWrite = 2'd2;
  localparam int WaitWidth = TimeWidth + 2;

  // ---- the stream in service
  logic [1:0] kind_q;
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
  assign due = $signed({2'b00, refresh_first_i}) - elapsed_q;
  logic past_due, past_deadline;
  assign past_due      = refresh_enable_i && due <= 0;
  assign past_deadline = refresh_enable_i && due + $signed({2'b00, refresh_postpone_i}) <= 0;

  // ---- where the stream is
  logic [25:0] row, next_row;
  logic [14:0] in_row, row_mask;
  logic active, more_rows;
  assign active    = remain_q != 26'd0;
  assign row       = column_q >> column_bits_i;
  assign next_row  = row + 26'd1;
  assign row_mask  = 15'((16'd1 << column_bits_i) - 16'd1);
  assign in_row    = column_q[14:0] & row_mask;
  assign more_rows = remain_q > 26'(row_mask) - 26'(in_row) + 26'd1;

  logic here;  // buffer of the current row
  assign here = two_buffers_i & row[0];

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
  assign here_closed  = here_ready + (here_open ? WaitWidth'(t_rp_i) : '0);
  assign there_closed = there_ready + (there_open ? WaitWidth'(t_rp_i) : '0);
  assign here_cycle   = here_age >= t_rc_i ? '0 : WaitWidth'(t_rc_i) - WaitWidth'(here_age);
  assign there_cycle  = there_age >= t_rc_i ? '0 : WaitWidth'(t_rc_i) - WaitWidth'(there_age);
  assign here_wait    = here_closed > here_cycle ? here_closed : here_cycle;
  assign there_wait   = there_closed > there_cycle ? there_closed : there_cycle;

  // A refresh that falls due before the row could be opened goes first.
  logic refresh_here, refresh_there;
  assign refresh_here  = refresh_enable_i && due <= $signed({1'b0, (RefiWidth + 1)'(here_wait)});
  assign refresh_there = refresh_enable_i && due <= $signed({1'b0, (RefiWidth + 1)'(there_wait)});

  logic [TimeWidth-1:0] t_rcd;
  assign t_rcd = kind_q == KindMac ? t_rcd_mac_i : kind_q == KindWrite ? t_rcd_write_i : t_rcd_read_i;

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
  assign prepare   = serve && two_buffers_i && more_rows && (here_hit || here_act) && !there_hit && !refresh_there;
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
  assign column_hold = kind_q == KindWrite ? WaitWidth'(t_ccd_i) + WaitWidth'(t_wr_i) : WaitWidth'(t_rtp_i);

  // ---- the next stream is taken in the last cycle of the one before
  assign req_ready_o = !active && wait_col_q <= 20'd1;
  assign active_o    = active || wait_col_q != '0;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      kind_q     <= 2'd0;
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
        kind_q     <= req_kind_i;
        column_q   <= req_column_i;
        remain_q   <= req_count_i;
        interval_q <= req_interval_i > 20'(t_ccd_i) ? req_interval_i : 20'(t_ccd_i);
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      elapsed_q    <= '0;
      refreshing_q <= 1'b0;
    end else begin
      elapsed_q <= elapsed_q + (RefiWidth + 2)'(1);
      if (ref_o) elapsed_q <= elapsed_q + (RefiWidth + 2)'(1) - $signed({2'b00, t_refi_i});
      refreshing_q <= refreshing;
      if (ref_o) refreshing_q <= due + $signed({2'b00, t_refi_i}) <= $signed((RefiWidth + 2)'(t_rfc_i));
    end
  end

  // Buffers, both alike.
  pim_dram_row #(.TimeWidth(TimeWidth)) u_buffer0 (
      .clk_i,
      .rst_ni,
      .act_i        (act_o[0]),
      .row_i        (act_row0_o),
      .pre_i        (pre_o[0]),
      .ref_i        (ref_o),
      .col_i        (col_valid_o & ~here),
      .column_hold_i(column_hold),
      .t_ras_i,
      .t_rp_i,
      .t_rfc_i,
      .open_o       (open_q[0]),
      .row_o        (row0_q),
      .age_o        (age0_q),
      .ready_o      (ready0_q)
  );
  pim_dram_row #(.TimeWidth(TimeWidth)) u_buffer1 (
      .clk_i,
      .rst_ni,
      .act_i        (act_o[1]),
      .row_i        (act_row1_o),
      .pre_i        (pre_o[1]),
      .ref_i        (ref_o & two_buffers_i),
      .col_i        (col_valid_o & here),
      .column_hold_i(column_hold),
      .t_ras_i,
      .t_rp_i,
      .t_rfc_i,
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
  assert property (@(posedge clk_i) req_valid_i && !req_ready_o |=>
      req_valid_i && $stable(req_kind_i) && $stable(req_column_i) && $stable(req_count_i) && $stable(req_interval_i));
  a_kind_is_one_of_three :
  assert property (@(posedge clk_i) req_valid_i |-> req_kind_i != 2'd3);
  a_column_of_the_open_row :
  assert property (@(posedge clk_i) col_valid_o |-> (here ? open_q[1] && row1_q == row : open_q[0] && row0_q == row));
  a_stream_ends_in_the_cells :
  assert property (@(posedge clk_i) req_valid_i |-> 27'(req_column_i) + 27'(req_count_i) <= 27'h4000000);
  a_request_is_work :
  assert property (@(posedge clk_i) req_valid_i |-> req_count_i != '0);
`endif
endmodule
