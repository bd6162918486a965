`include "pim_assert.svh"
`include "pim_pkg.svh"
// Follows the columns of MAC, SCORE and PV as they come out of the cells, and meets each with all vectors: one beat for
// each line of weights that the column completes, or for each cached token in it. A beat reads its operands from BRAM
// while pim_mac_array makes its codes ready.
//
//   MAC    rows of meta columns (scales, zero points) and code columns; before a row's codes, the sums that lie there
//   SCORE  blocks of a meta column and token_bytes code columns; operand: the query, with its exponent
//   PV     the same; operand: the probability of token and vector
module pim_mac_control (
    input logic clk_i,
    input logic rst_ni,

    input logic              begin_i,     // in the cycle before the first column can be issued
    input pim_pkg::decoded_t decoded_i,
    input pim_pkg::fields_t  fields_i,
    input pim_pkg::runs_t    runs_i,
    input logic              next_run_i,  // the columns of the next run begin

    // a column is there
    input  logic       column_i,
    output logic       meta_valid_o,  // it is one of meta bytes
    output logic [7:0] meta_index_o,  // MAC: which one of the row

    output pim_pkg::bram_read_t line_read_o,
    output pim_pkg::bram_read_t pair_read_o,
    output pim_pkg::beat_t      beat_o        // its operands are read in this cycle
);
  // ---- the next column: its place in a row of weights or a block of the cache
  logic [11:0] place_q;   // within the row or block
  logic [20:0] token_q;   // first token in the next code column
  logic [ 6:0] part_q;    // which column of that token
  logic [21:0] old_q, result_q;  // MAC: of the row's first vector

  logic is_meta, row_end, block_end, token_end;
  logic [6:0] last_part;
  assign is_meta   = decoded_i.is_mac ? place_q < 12'(decoded_i.meta_columns) : place_q == '0;
  assign row_end   = place_q == decoded_i.row_columns - 12'd1;
  assign block_end = place_q == decoded_i.token_bytes;
  assign last_part = decoded_i.pieces != 6'd1 ? '0 : 7'(decoded_i.token_bytes[11:5] - 7'd1);
  assign token_end = part_q == last_part;

  // ---- MAC: the lines that it completes. A line is 64 weights, of 8 bits 32: what meets one line of operands. Codes of 3
  // and 5 bits cross columns, and a line waits for its last one. Lines of 8:16 cross columns too, at whole blocks, and have
  // a beat with each.
  logic [11:0] line_q;        // the first line with codes in the next code column
  logic signed [6:0] from_q;  // bytes from that column's begin to the line's
  logic upper_q;              // of that line, the lower half is done
  logic [6:0] line_bytes;
  logic [11:0] row_lines, lines_left;
  logic [2:0] lines;          // of this column
  logic ends_odd, early, ends_with_column;
  assign line_bytes = fields_i.five ? 7'd40 : fields_i.three || fields_i.sparse8 ? 7'd24 : fields_i.sparse4 ? 7'd16 : fields_i.sparse2 ? 7'd8 : 7'd32;
  assign row_lines  = fields_i.eight ? fields_i.halves : 12'((13'(fields_i.halves) + 13'd1) >> 1);
  assign lines_left = row_lines - line_q;
  // 5 bits: a row may end with a line and a half in its last two columns. The second has time for one beat only: then
  // the first has a beat with half a line, and the last beat spans two lines.
  assign ends_odd     = fields_i.five && fields_i.halves[2:0] == 3'd3;
  assign early        = ends_odd && place_q == decoded_i.row_columns - 12'd2;
  // 8:16: the second line of this column ends with it.
  assign ends_with_column = fields_i.sparse8 && from_q == -7'sd18;
  always_comb begin
    lines = 3'd1;
    if (fields_i.three && from_q == -7'sd16) lines = 3'd2;
    if (fields_i.five && from_q == '0 && !early) lines = 3'd0;
    if (fields_i.sparse8 || fields_i.sparse4) lines = 3'd2;
    if (fields_i.sparse2) lines = 3'd4;
    if (row_end && !ends_odd) lines = lines_left[2:0];
  end

  logic [11:0] line_next;
  logic signed [6:0] from_next;
  always_comb begin
    line_next = line_q + 12'(lines);
    from_next = '0;
    if (fields_i.three) from_next = from_q == -7'sd16 ? 7'sd0 : from_q - 7'sd8;
    if (fields_i.five) from_next = from_q == '0 ? -7'sd32 : from_q + 7'sd8;
    if (early) begin
      line_next = line_q;
      from_next = -7'sd12;
    end
    if (fields_i.sparse8) begin
      line_next = line_q + (ends_with_column ? 12'd2 : 12'd1);
      from_next = ends_with_column ? 7'sd0 : from_q - 7'sd6;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      place_q  <= '0;
      line_q   <= '0;
      from_q   <= '0;
      upper_q  <= 1'b0;
      token_q  <= '0;
      part_q   <= '0;
      old_q    <= '0;
      result_q <= '0;
    end else if (begin_i) begin
      place_q  <= '0;
      line_q   <= '0;
      from_q   <= '0;
      upper_q  <= 1'b0;
      token_q  <= {6'd0, runs_i.first, 6'd0};
      part_q   <= '0;
      old_q    <= fields_i.bram_out;
      result_q <= fields_i.bram_out;
    end else begin
      if (column_i) begin
        place_q <= place_q + 12'd1;
        if (decoded_i.is_mac) begin
          if (!is_meta) begin
            line_q  <= line_next;
            from_q  <= from_next;
            upper_q <= early;
          end
          if (row_end) begin
            place_q  <= '0;
            line_q   <= '0;
            from_q   <= '0;
            old_q    <= old_q + 22'd8;
            result_q <= result_q + (fields_i.keep ? 22'd8 : 22'd4);
          end
        end else begin
          if (block_end) place_q <= '0;
          if (!is_meta) begin
            part_q <= token_end ? '0 : part_q + 7'd1;
            if (token_end) token_q <= token_q + 21'(decoded_i.pieces);
          end
        end
      end
      // The last column of the run may be there in this cycle.
      if (next_run_i) token_q <= {6'd0, runs_i.next_begin, 6'd0};
    end
  end
  assign meta_valid_o = column_i && is_meta;
  assign meta_index_o = place_q[7:0];

  // ---- the column whose beats are under way
  logic busy_q, column_old_q;
  logic [11:0] column_line_q;
  logic signed [6:0] column_from_q;
  logic column_upper_q, column_early_q;
  logic [5:0] column_slots_q;  // cycles for one vector
  logic column_first_q, column_last_q;
  logic [20:0] column_token_q;
  logic [ 6:0] column_part_q;
  logic [ 8:0] column_end_q, column_next_q;  // blocks: of its run, of the one after that
  logic column_open_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      column_old_q   <= 1'b0;
      column_line_q  <= '0;
      column_from_q  <= '0;
      column_upper_q <= 1'b0;
      column_early_q <= 1'b0;
      column_slots_q <= '0;
      column_first_q <= 1'b0;
      column_last_q  <= 1'b0;
      column_token_q <= '0;
      column_part_q  <= '0;
      column_end_q   <= '0;
      column_next_q  <= '0;
      column_open_q  <= 1'b0;
    end else if (column_i) begin
      column_old_q   <= is_meta;
      column_line_q  <= line_q;
      column_from_q  <= from_q;
      column_upper_q <= upper_q;
      column_early_q <= early;
      column_slots_q <= !decoded_i.is_mac ? decoded_i.slots : is_meta ? 6'd1 : 6'(lines);
      column_first_q <= decoded_i.is_mac ? is_meta || (line_q == '0 && !upper_q && !decoded_i.accumulate) : part_q == '0;
      column_last_q  <= decoded_i.is_mac ? row_end : token_end;
      column_token_q <= token_q;
      column_part_q  <= part_q;
      column_end_q   <= runs_i.run_end;
      column_next_q  <= runs_i.next_begin;
      column_open_q  <= runs_i.run_open;
    end
  end

  // ---- its beats: vector after vector
  logic [ 5:0] vector_q, slot_q;
  logic [ 7:0] head_q, turn_q;
  logic [20:0] seen_q;                // cached tokens that the vector sees
  logic [21:0] in_q, query_q;         // operands of the vector; SCORE: record of the token
  logic [21:0] result_now_q, old_now_q;
  logic [ 8:0] sums_q;

  logic last_slot, last_vector, last_head;
  assign last_slot   = slot_q == column_slots_q - 6'd1;
  assign last_vector = 20'(vector_q) == decoded_i.vectors - 20'd1;
  assign last_head   = head_q == fields_i.heads - 8'd1;

  logic [6:0] column_elements;
  assign column_elements = fields_i.kv_bits[4] ? 7'd16 : fields_i.kv_bits[3] ? 7'd32 : 7'd64;

  // Where the first vector's lie, for the column being issued. Codes of 32 bytes meet 16, 32 or 64 elements.
  logic [21:0] first_in, first_result;
  logic [19:0] part_elements;
  always_comb begin
    part_elements = 20'(part_q) * 20'(column_elements);
    first_in      = fields_i.bram_in;
    first_result  = result_q;
    if (decoded_i.is_pv) begin
      first_in     = fields_i.bram_in + {token_q, 1'b0};
      first_result = fields_i.bram_out + (fields_i.keep ? 22'({part_elements, 3'b000}) : 22'({part_elements, 2'b00}));
    end else if (!decoded_i.is_mac) begin
      first_result = fields_i.bram_out + 22'({token_q, 2'b00});
    end
  end

  logic [21:0] in_step, result_step;
  always_comb begin
    if (decoded_i.is_mac) begin
      in_step     = 22'(decoded_i.record_bytes);
      result_step = fields_i.keep ? 22'({fields_i.pitch, 3'b000}) : {fields_i.pitch, 2'b00};
    end else if (decoded_i.is_pv) begin
      in_step     = 22'({fields_i.pitch, 1'b0});
      result_step = fields_i.keep ? 22'({fields_i.head_dim, 3'b000}) : 22'({fields_i.head_dim, 2'b00});
    end else begin
      in_step     = 22'({fields_i.head_dim, 1'b0});
      result_step = {fields_i.pitch, 2'b00};
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      busy_q       <= 1'b0;
      vector_q     <= '0;
      slot_q       <= '0;
      head_q       <= '0;
      turn_q       <= '0;
      seen_q       <= '0;
      in_q         <= '0;
      query_q      <= '0;
      result_now_q <= '0;
      old_now_q    <= '0;
      sums_q       <= '0;
    end else begin
      if (busy_q) begin
        slot_q <= slot_q + 6'd1;
        if (last_slot) begin
          slot_q       <= '0;
          vector_q     <= vector_q + 6'd1;
          result_now_q <= result_now_q + result_step;
          old_now_q    <= old_now_q + 22'({fields_i.pitch, 3'b000});
          sums_q       <= sums_q + 9'(last_part) + 9'd1;
          in_q         <= in_q + in_step;
          head_q       <= head_q + 8'd1;
          if (last_head && !decoded_i.is_mac) begin  // on to the next token of the tile, which sees one more
            head_q  <= '0;
            query_q <= query_q + 22'(decoded_i.record_bytes);
            if (!decoded_i.is_pv) in_q <= query_q + 22'(decoded_i.record_bytes);
            if (turn_q == decoded_i.member) seen_q <= seen_q + 21'd1;
            turn_q <= turn_q == fields_i.members - 8'd1 ? '0 : turn_q + 8'd1;
          end
          if (last_vector) busy_q <= 1'b0;
        end
      end
      // The sums that lie there have all of the time of the first meta column.
      if (column_i && (decoded_i.is_mac ? (is_meta ? place_q == '0 && decoded_i.accumulate : lines != '0) : !is_meta)) begin
        busy_q       <= 1'b1;
        vector_q     <= '0;
        slot_q       <= '0;
        head_q       <= '0;
        turn_q       <= decoded_i.turn;
        seen_q       <= decoded_i.held_first;
        in_q         <= first_in;
        query_q      <= fields_i.bram_in;
        result_now_q <= first_result;
        old_now_q    <= old_q;
        sums_q       <= 9'(part_q);
      end
    end
  end

  // ---- one beat
  logic [20:0] token;  // that it is about
  logic piece_valid;
  assign token       = column_token_q + 21'(slot_q);
  assign piece_valid = slot_q < decoded_i.pieces && token < seen_q;

  // No token after it is seen: the vector sees no further, or the run ends and the next one is beyond.
  logic [20:0] token_after;
  logic run_ends, token_last;
  assign token_after = token + 21'd1;
  assign run_ends    = !column_open_q && token_after == {6'd0, column_end_q, 6'd0};
  assign token_last  = token_after == seen_q || (run_ends && {6'd0, column_next_q, 6'd0} >= seen_q);

  // MAC: its line, and in halves where its first weight is.
  logic [11:0] line, half;
  logic signed [6:0] from;  // bytes from the column's begin to its codes
  assign line = column_line_q + 12'(slot_q);
  assign half = fields_i.eight ? line : {line[10:0], column_upper_q};
  assign from = column_from_q + $signed((slot_q[0] ? line_bytes : 7'd0) + (slot_q[1] ? {line_bytes[5:0], 1'b0} : 7'd0));

  /* verilator lint_off UNUSEDSIGNAL */
  logic [21:0] line_at, result_at;  // whole words
  /* verilator lint_on UNUSEDSIGNAL */
  logic [21:0] pair_at;
  always_comb begin
    result_at = result_now_q;
    if (decoded_i.is_mac) begin
      line_at = in_q + (fields_i.a16 ? 22'({half, 6'd0}) : 22'({half, 5'd0}));
      pair_at = column_old_q ? old_now_q : in_q + 22'(decoded_i.shift_offset) + 22'(group);
    end else if (decoded_i.is_pv) begin
      line_at = '0;
      pair_at = in_q + 22'({slot_q, 1'b0});
    end else begin
      line_at   = in_q + 22'({22'(column_part_q) * 22'(column_elements), 1'b0});
      pair_at   = query_q + 22'(decoded_i.shift_offset) + 22'(head_q);
      result_at = result_now_q + 22'({slot_q, 2'b00});
    end
  end

  logic beat, old;
  logic [11:0] group;
  logic [3:0] blocks;
  assign beat  = busy_q && (decoded_i.is_mac || piece_valid);
  assign old   = decoded_i.is_mac && column_old_q;
  assign group = fields_i.group32 ? half : fields_i.group64 ? half >> 1 : half >> 2;

  assign line_read_o.req  = beat && !decoded_i.is_pv && !old;
  assign line_read_o.word = line_at[21:2];
  assign pair_read_o.req  = beat;
  assign pair_read_o.word = pair_at[21:2];
  always_comb begin
    blocks = 4'b1111;
    if (fields_i.sparse8) begin
      case (from)
        -7'sd6:  blocks = 4'b1110;
        -7'sd12: blocks = 4'b1100;
        -7'sd18: blocks = 4'b1000;
        7'sd12:  blocks = 4'b0111;
        7'sd18:  blocks = 4'b0011;
        7'sd24:  blocks = 4'b0001;
        default: ;
      endcase
    end
  end

  assign beat_o.valid        = beat;
  assign beat_o.old          = old;
  assign beat_o.vector_index = vector_q;
  assign beat_o.begins       = decoded_i.is_pv ? token == {6'd0, runs_i.first, 6'd0} : column_first_q && (slot_q == '0 || !decoded_i.is_mac);
  assign beat_o.ends         = decoded_i.is_pv ? token_last : column_last_q && (last_slot || !decoded_i.is_mac);
  assign beat_o.shift        = decoded_i.is_mac ? 6'(7'd32 + $unsigned(from))
      : 6'd32 + (decoded_i.pieces == 6'd1 ? 6'd0 : 6'(slot_q[4:0] * decoded_i.token_bytes[4:0]));
  assign beat_o.blocks       = blocks;
  assign beat_o.group        = group;
  assign beat_o.half         = decoded_i.is_mac && !fields_i.eight &&
      (column_early_q || (!column_upper_q && fields_i.halves[0] && line == row_lines - 12'd1));
  assign beat_o.token        = token[4:0];
  assign beat_o.sums         = sums_q;
  assign beat_o.scalar_byte  = pair_at[1:0];
  assign beat_o.result_word  = result_at[21:2];

`ifdef PIM_ASSERTIONS
  // PV: which sums have ended. The sum of a vector and a part of the head ends once, with the last token that the vector sees.
  logic [511:0] ended;
  always_ff @(posedge clk_i) begin
    if (begin_i) ended <= '0;
    else if (beat && decoded_i.is_pv && beat_o.ends) ended[sums_q] <= 1'b1;
  end
  a_sum_ends_once :
  assert property (@(posedge clk_i) beat && decoded_i.is_pv |-> !ended[sums_q]);
  a_column_meets_all_vectors :
  assert property (@(posedge clk_i) column_i && busy_q |-> last_slot && last_vector);
  a_vectors_have_sums :
  assert property (@(posedge clk_i) begin_i |-> decoded_i.vectors != '0 && decoded_i.vectors <= 20'd64 && decoded_i.slots != '0);
  a_addresses_are_words :
  assert property (@(posedge clk_i) beat |-> result_at[1:0] == 2'b00 && (decoded_i.is_pv || line_at[1:0] == 2'b00));
`endif
endmodule
